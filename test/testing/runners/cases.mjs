/** The folder of the built package, as a URL. */
const { ONCEOVER_DIST: dist, ONCEOVER_FAIL: mustFail } = process.env;

const { messages } = await import(`${dist}/adapters/fetch.js`);
const { assertMessages } = await import(`${dist}/testing/index.js`);

const secret = "not a secret: it stands in the tests of onceover";
const saved = { level: "success", message: "Saved." };

const handle = messages({ secret })((request) => {
  request.messages.success("Saved.");
  assertMessages(request, [saved]);
  return Response.redirect(request.url, 303);
});

/** The same cases for every test runner; `test` is the runner's own. */
export function defineCases(test) {
  test("accepts what a request has and its response leaves", async () => {
    assertMessages(await handle(new Request("http://site.test/")), [saved]);
  });

  if (mustFail) {
    test("explains what differs", async () => {
      assertMessages(await handle(new Request("http://site.test/")), [{ level: "error", message: "Not saved." }]);
    });
  }
}
