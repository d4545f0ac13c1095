/** What is said of the frame around the pages, in Swedish. */
export default {
  title: 'Operations',
  'pages.attention': 'Att åtgärda',
  'pages.jobs': 'Jobb',
  'pages.runs': 'Körningar',
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
  runFailure: 'Körningen kunde inte läsas in',
  'tenant.attention.failure': 'Det som behöver åtgärdas kunde inte läsas in',
  'tenant.attention.empty': 'Inget hos den här tenanten behöver åtgärdas',
  'tenant.jobs.failure': 'Jobben kunde inte läsas in',
  'tenant.jobs.count_one':
    '{{count, number}} jobb som körs för den här tenanten',
  'tenant.jobs.count_other':
    '{{count, number}} jobb som körs för den här tenanten',
  docs: 'Läs hur det fungerar',
  noAccess: '{{page}}: du har inte åtkomst',
  'unused.title': '{{page}}: används inte här',
  'unused.when.webhooks':
    'Misslyckade webhookar listas här, för att skickas om eller undertryckas, när en av plattformens dispatchers rapporterar till portalen.',
  'unused.when.rate-limits':
    'Gränser och undantag från dem visas här när en av plattformens begränsare rapporterar till portalen.',
  'unused.when.flags': 'Flaggor växlas här när någon är konfigurerad.',
  'unused.when.maintenance':
    'Underhåll av en tenant eller av hela plattformen planeras här när plattformen tar hänsyn till det och sidan är påslagen.',
  'unused.when.caches':
    'Plattformens cachar rensas här när en cache är konfigurerad.',
  'unused.when.migrations':
    'Läget för migreringar visas här när en tjänst rapporterar det eller en databas är konfigurerad.',
  'unused.when.approvals':
    'Åtgärder väntar här på en andra person när konfigurationen anger sådana åtgärder.',
  'unused.how':
    'För att slå på sidan nu: ange {{setting}} i portalens konfiguration.',
};
