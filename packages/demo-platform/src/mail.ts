/** The mail provider on its own: `MAIL_PORT`, default 7120. */
import { createMailServer, MailProvider } from './mail/provider';

const port = Number(process.env.MAIL_PORT ?? 7120);

createMailServer(new MailProvider()).listen(port, '127.0.0.1', () => {
  process.stdout.write(`mail provider on http://127.0.0.1:${port}\n`);
});
