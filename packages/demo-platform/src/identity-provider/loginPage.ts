import type { Person } from './people';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escape(text: string): string {
  return text.replace(/[&<>"]/g, character => ESCAPES[character]);
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center;
    font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
  main { width: min(26rem, calc(100vw - 2rem)); }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
  p { margin: 0 0 1.25rem; opacity: .75; }
  ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
  button { width: 100%; text-align: left; font: inherit; padding: .75rem 1rem; cursor: pointer;
    color: inherit; background: transparent; border: 1px solid GrayText; border-radius: .5rem; }
  button:hover, button:focus-visible { border-color: Highlight; outline: 2px solid Highlight; }
  small { display: block; opacity: .75; }
`;

/** The page on which one chooses whom to be. */
export function loginPage(action: string, people: Person[]): string {
  const rows = people.map(
    ({ id, name, about }) => `
      <li><button name="person" value="${escape(id)}">
        ${escape(name)} <small>${escape(about)}</small>
      </button></li>`,
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Craft Easy SSO</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>Craft Easy SSO</h1>
      <p>A demo: nobody is real, and there are no passwords. Who are you?</p>
      <form method="post" action="${escape(action)}"><ul>${rows.join(
    '',
  )}</ul></form>
    </main>
  </body>
</html>`;
}
