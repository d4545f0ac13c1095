import type { Booking } from './bookings';

const escape = (text: string) =>
  text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

/**
 * A tenant's page as its customers see it. The banner comes from the platform, the rest is the
 * tenant's.
 */
export function tenantPage(options: {
  tenant: { id: string; name: string };
  bookings: Booking[];
  newCheckout: boolean;
  accent: string;
  waiting: number | undefined;
}): string {
  const { tenant, bookings, newCheckout, accent, waiting } = options;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${escape(tenant.name)}</title>
  <script src="/public/maintenance-banner.js" defer></script>
  <style>
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #222 }
    main { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
    h1 { border-left: .4rem solid ${escape(accent)}; padding-left: .6rem }
    button { font: inherit; padding: .4rem 1rem }
  </style>
</head>
<body>
  <maintenance-banner src="/public/maintenance" tenant="${escape(
    tenant.id,
  )}" poll="1"></maintenance-banner>
  <main>
    <h1>${escape(tenant.name)}</h1>
    ${
      waiting === undefined
        ? ''
        : `<p>Imports that wait: <output id="waiting">${waiting}</output></p>`
    }
    <form id="book"><input name="what" value="A lesson" aria-label="What to book">
      <button>${newCheckout ? 'Book and pay' : 'Book'}</button>
      <output id="answer"></output></form>
    <h2>Latest bookings</h2>
    <ul>${bookings
      .map(b => `<li>${escape(b.what)} <small>${escape(b.at)}</small></li>`)
      .join('')}</ul>
  </main>
  <script>
    document.getElementById('book').addEventListener('submit', async event => {
      event.preventDefault();
      const what = new FormData(event.target).get('what');
      const response = await fetch('/t/${tenant.id}/bookings', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ what }),
      });
      const answer = await response.json();
      document.getElementById('answer').textContent = response.ok
        ? 'Booked'
        : answer.title + '. ' + (answer.detail || '');
    });
  </script>
</body>
</html>`;
}
