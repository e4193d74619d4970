import { showMessages } from "/scripts/onceover.js";

// Without this file, the browser sends the forms, and shows the page that follows.
const { invitation, report, waiting } = document.forms;

onSubmit(invitation, async () => {
  const response = await post(invitation);
  const { isInvited, messages } = await response.json();
  showMessages(messages);
  if (isInvited) invitation.reset();
});

onSubmit(report, () => post(report));

onSubmit(waiting, async () => {
  const response = await fetch("/messages");
  showMessages(await response.json());
});

function onSubmit(form, send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

function post(form) {
  return fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
}
