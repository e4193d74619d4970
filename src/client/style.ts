/**
 * How the element looks by itself: around the boxes of a CSS framework (`preset`), or with boxes of its own.
 *
 * A style sheet made by script is one that `style-src 'self'` allows.
 */
export function styleSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}

// Every character is sent to every visitor.
const CSS =
  ":host(:not([hidden])){display:grid}" +
  "[part~=message]{position:relative;overflow-wrap:anywhere;--onceover-color:#777}" +
  "button{all:unset;position:absolute;z-index:1;top:calc(.75em + .5lh - 12px);inset-inline-end:.5em;min-width:24px;min-height:24px;" +
  "text-align:center;cursor:pointer}" +
  'button::before{content:"×"}' +
  "button:hover,button:focus-visible{outline:2px solid}" +
  ":host(:not([preset])){gap:.5em}" +
  ":host(:not([preset])) [part~=message]{padding-block:.75em;padding-inline:1em 2.5em;color:CanvasText;" +
  "border-inline-start:.3em solid var(--onceover-color);background:color-mix(in srgb,var(--onceover-color) 12%,Canvas)}" +
  ":host(:not([preset])) ::slotted(*){margin:0}" +
  "[part~=info]{--onceover-color:#06c}" +
  "[part~=success]{--onceover-color:#183}" +
  "[part~=warning]{--onceover-color:#c80}" +
  "[part~=error]{--onceover-color:#c22}" +
  "[role]{position:fixed;clip-path:inset(50%)}" +
  "@media(prefers-reduced-motion:no-preference){[part~=message]{animation:a .2s}@keyframes a{0%{opacity:0}}}";
