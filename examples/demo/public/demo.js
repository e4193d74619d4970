/** All of the demo works without this file, save the button for both tabs, and what waits once a page was shown. */

for (const button of document.querySelectorAll("[data-both-tabs]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    await Promise.all(["A", "B"].map(postAsTab));
    location.assign("/");
  });
}
const now = document.querySelector("[data-waiting-now]");
if (now) await showWaiting(now);

/** Not following the redirect: the page there would be fetched for nobody. */
function postAsTab(tab) {
  return fetch("/tabs", { method: "POST", body: new URLSearchParams({ tab }), redirect: "manual" });
}

/** By now this page has used up what it shows; asking what is left uses nothing up. */
async function showWaiting(now) {
  const response = await fetch("/inspector");
  if (!response.ok) return;
  const sent = document.querySelector("[data-sent]");
  now.innerHTML = await response.text();
  const isSame = now.textContent.trim() === sent.textContent.trim();
  if (isSame && now.querySelector(".store")) now.innerHTML = '<p class="nothing">All of it, still.</p>';
}
