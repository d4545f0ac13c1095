/** What is said of the frame around the pages, in Swedish. */
export default {
  title: 'Operations',
  'pages.attention': 'Att åtgärda',
  'pages.jobs': 'Jobb',
  'pages.webhooks': 'Webhookar',
  'pages.rate-limits': 'Anropsgränser',
  'pages.flags': 'Flaggor',
  'pages.maintenance': 'Underhåll',
  'pages.caches': 'Cachar',
  'pages.migrations': 'Migreringar',
  'pages.approvals': 'Godkännanden',
  'pages.audit': 'Granskningslogg',
  counted: '{{title}} ({{n, number}})',
  'notFound.title': 'Sidan finns inte',
  'notFound.text':
    'Operations har inget på den här adressen. Länken kan vara felskriven eller äldre än den här versionen.',
  noAccess: '{{page}}: du har inte åtkomst',
};
