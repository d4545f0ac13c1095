/** Why something is refused, broken or not known now, in Swedish. */
export default {
  'permission-missing': 'Du saknar behörigheten {{permission}} för detta',
  'permission-missing-for':
    'Du saknar behörigheten {{permission}} för {{tenant}}',
  'permission-missing-job':
    'Du saknar behörigheten {{permission}} för det här jobbet',
  'permission-missing-replay':
    'Du saknar behörigheten {{permission}} för alla tenants i omsändningen',
  'permission-missing-runs':
    'Du saknar behörigheten {{permission}} för alla körningar i massåtgärden',
  'services-report': 'Bara tjänster får rapportera misslyckade webhooks',

  'away-busy': 'är upptagen med ett skript',
  'away-credentials': 'godtar inte inloggningsuppgifterna',
  'away-full': 'är full och tar inte emot något nytt',
  'away-loading': 'håller på att starta: data läses in',
  'away-read-only':
    'är skrivskyddad: den är en replika, eller så pågår en failover',
  'away-replicas':
    'har för få repliker och tar inte emot något förrän de är tillbaka',
  'away-unreachable': 'går inte att nå just nu; försök igen om en stund',
  'away-unsaved':
    'kan inte spara till disk och tar inte emot något förrän det går',
  'cache-says': 'Cachen ”{{cache}}” {{why}}',
  'database-away':
    'Portalens databas går inte att nå just nu; försök igen om en stund',
  'database-broken':
    'Det går inte att läsa eller skriva i portalens databas; försök igen om en stund',
  'database-busy': 'Portalens databas är upptagen; försök igen om en stund',
  'database-crowded':
    'Portalens databas tar inte emot fler anslutningar just nu; försök igen om en stund',
  'database-full':
    'Portalens databas har inget utrymme kvar; försök igen om en stund',
  'database-read-only':
    'Det går inte att skriva i portalens databas just nu; försök igen om en stund',
  'dispatchers-gone':
    'Ingen av plattformens webhook-avsändare är igång: ingen skulle skicka den',
  fault:
    'Något gick fel i portalen; i dess logg står vad, under anropet {{request}}',
  'platform-away': 'Plattformen går inte att nå just nu',
  'platform-away-because': 'Plattformen går inte att nå just nu: {{reason}}',
  'redis-away-since': 'Plattformens Redis går inte att nå sedan {{since}}',
  'redis-evicting':
    'Plattformens Redis har kastat ut {{keys, number}} nycklar för att få plats: körningar, scheman eller rapporter kan vara borta',
  'redis-evicting-advice':
    'sätt maxmemory-policy till noeviction och ge den mer minne',
  'redis-eviction-policy':
    'Plattformens Redis kan kasta ut nycklar när den är full: dess maxmemory-policy är {{policy}}',
  'redis-eviction-policy-advice':
    'sätt den till noeviction: köer och bevis får inte kastas bort',
  'redis-full':
    'Plattformens Redis är full: den tar inte emot körningar, rapporter eller styrning',
  'redis-full-advice': 'ge den mer minne, eller ta reda på vad som fyller den',
  'redis-read-only':
    'Plattformens Redis är skrivskyddad: den svarar, men tar inte emot något',
  'redis-read-only-advice':
    'den är en replika: en failover pågår, eller så är portalen ansluten till fel server',
  'redis-says': 'Plattformens Redis {{why}}',
  'redis-silent':
    'Plattformens Redis svarade inte i tid; det är okänt om anropet nådde fram, och det går bra att upprepa det',
  'redis-slow':
    'Plattformens Redis är långsam: den tar minst {{duration}} ms på sig att svara',
  'redis-slow-advice': 'titta på dess belastning, dess slow log och vägen dit',
  'redis-too-few-replicas':
    'Plattformens Redis har för få repliker och tar inte emot något förrän de är tillbaka',
  'redis-too-few-replicas-advice':
    'titta på dess repliker; min-replicas-to-write anger hur många den kräver',
  'redis-unsaved':
    'Plattformens Redis kan inte spara till disk och tar inte emot något förrän det går',
  'redis-unsaved-advice': 'titta på dess disk och dess logg',

  'cursor-unknown':
    'query.cursor: hör inte till den här listan; utelämna den för att börja om',
  'field-above': '{{field}}: måste vara större än {{limit, number}}',
  'field-at-least': '{{field}}: måste vara minst {{limit, number}}',
  'field-at-most': '{{field}}: får vara högst {{limit, number}}',
  'field-below': '{{field}}: måste vara mindre än {{limit, number}}',
  'field-form': '{{field}}: har inte formen {{form}}',
  'field-from-before-to': '{{field}}: `from` måste komma före `to`',
  'field-invalid': '{{field}}: går inte att förstå',
  'field-missing': '{{field}}: saknas',
  'field-nul': '{{field}}: tecknet NUL är inte tillåtet',
  'field-one-of': '{{field}}: måste vara något av {{options}}',
  'field-passed': '{{field}}: har redan passerat',
  'field-rounded':
    '{{field}}: heltal större än 9007199254740991 förlorar sina sista siffror på vägen; skicka en text',
  'field-says': '{{field}}: {{problem}}',
  'field-time-zone': '{{field}}: är inte namnet på en tidszon',
  'field-too-deep': '{{field}}: är nästlat djupare än {{levels}} nivåer',
  'field-too-few': '{{field}}: kräver minst {{limit, number}} poster',
  'field-too-long': '{{field}}: får ha högst {{limit, number}} tecken',
  'field-too-many': '{{field}}: får ha högst {{limit, number}} poster',
  'field-too-short': '{{field}}: kräver minst {{limit, number}} tecken',
  'field-twice': '{{field}}: är angivet två gånger',
  'field-type': '{{field}}: måste vara av typen {{type}}',
  'field-unknown': '{{field}}: okänt fält {{names}}',
  'key-form': 'Idempotency-Key: 1 till 200 synliga ASCII-tecken',
  'key-other-request':
    'Denna Idempotency-Key har använts för ett annat anrop; ta en ny',
  'key-taken-over':
    'Ett annat anrop med denna Idempotency-Key har tagit över: det här var tyst för länge',
  'key-under-way':
    'Det första anropet med denna Idempotency-Key pågår fortfarande',
  'no-such-address': 'Det finns ingen {{address}}',
  'request-too-deep': 'Anropet är nästlat för djupt',
  'request-unstorable':
    'Något i anropet går inte att lagra: ett tal utanför gränserna, eller en text som är för lång eller ogiltig',
  'too-many-actions':
    'Man får göra {{limit, number}} åtgärder i minuten här; försök igen om {{seconds}} s',

  'action-taken-for-dead':
    'Portalen trodde att åtgärden hade dött, så inget gjordes: begär den på nytt',
  'chain-of-all':
    'Kedjan innehåller rader om alla jobb och tenants: den är för dem som får läsa alla',
  'chain-changed': 'dess text ger inte dess hash: den har ändrats',
  'chain-column': 'dess kolumn {{column}} säger inte samma sak som dess text',
  'chain-cut':
    'portalens process har sett {{rows, number}} rader, {{at}}: loggen har kapats eller bytts ut',
  'chain-end-differs': 'det är inte den rad som loggen antecknades sluta med',
  'chain-end-gone': 'anteckningen om var loggen slutar är borta',
  'chain-end-missing': 'rader saknas i slutet',
  'chain-end-missing-of':
    'rader saknas i slutet: {{rows, number}} har skrivits',
  'chain-link': 'den anger inte hashen för raden före',
  'chain-prune-bad':
    'kontrollpunkten som säger hur långt rader har gallrats håller inte: {{verdict}}',
  'chain-pruned-differs': 'det är inte den rad som gallringen slutade med',
  'chain-replaced':
    'portalens process har sett en annan rad här, {{at}}: loggen har skrivits om eller bytts ut',
  'chain-row-missing': 'rad {{row, number}} saknas före den',
  'checkpoint-cut':
    'kontrollpunkten som signerades {{at}} känner till {{rows, number}} rader: loggen har kapats eller bytts ut',
  'checkpoint-differs':
    'kontrollpunkten som signerades {{at}} känner till en annan rad här: loggen har skrivits om',
  'checkpoint-no-key':
    'ingen nyckel med namnet {{key}} är konfigurerad för att kontrollera kontrollpunkten {{at}}',
  'checkpoint-signature': 'signaturen på kontrollpunkten {{at}} är fel',
  'nothing-to-sign': 'Det finns ännu inget att signera',
  'signing-key-missing':
    'Det finns ingen nyckel att signera med: ange operations.audit.checkpoints.keys',
  'trail-unwritable':
    'Det går inte att skriva i granskningsloggen, så inget gjordes',
  'trail-unwritable-asked':
    'Det går inte att skriva i granskningsloggen, så inget begärdes',

  'approval-catalog-away':
    'Det går inte att fråga katalogen om behörigheterna för {{person}} har ändrats',
  'approval-decided': 'Någon annan hann avgöra den, eller så har tiden gått ut',
  'approval-ended': 'Begäran är avslutad',
  'approval-in-person':
    'Den godkänns av en person själv, inte av något som agerar åt någon',
  'approval-is-approved': 'Den är godkänd',
  'approval-is-done': 'Den är genomförd',
  'approval-is-failed': 'Den misslyckades',
  'approval-is-refused': 'Den nekades',
  'approval-is-rejected': 'Den är avslagen',
  'approval-is-timed-out': 'Dess tid har gått ut',
  'approval-is-withdrawn': 'Den är återtagen',
  'approval-missing': 'Det finns ingen begäran {{id}}',
  'approval-needs-person':
    'Det krävs en andra person, och en tjänst är ingen person',
  'approval-not-in-catalog': '{{person}} finns inte i katalogen',
  'approval-not-in-groups':
    '{{person}} tillhör enligt katalogen inte {{groups}}',
  'approval-not-kept':
    'Detta kräver en andra person, och kan inte vänta på en när det begärs på det här sättet: använd API:et',
  'approval-other-plan':
    'Det som skulle göras nu är inte det som godkändes: det måste begäras på nytt',
  'approval-own': 'Du begärde det själv: det krävs en andra person',
  'approval-requester-unconfirmed':
    'Detta kräver två personer, och {{changed}}',
  'approval-rights-changed':
    'Behörigheterna för den som begärde det har ändrats sedan dess: {{changed}}. Det måste begäras på nytt',
  'approval-service-asks':
    'Detta kräver två personer, och en tjänst är ingen person: låt en person begära det',
  'approval-withdraw': 'Bara {{person}}, som begärde det, kan återta det',

  'item-closed': '”{{item}}” är redan stängd',
  'item-missing': 'Det finns ingen uppmärksamhetspost {{id}}',
  'until-ahead':
    '{{field}}: måste ligga i framtiden, högst {{days}} dagar bort',

  'because-elsewhere':
    'dess egen schemaläggare startar det, och portalen lyssnar bara',
  'because-no-engine':
    'portalen har ingen jobbmotor med namnet {{engine}}: dess modul är inte installerad',
  'because-report': 'en rapport kan inte visa vem som startade körningen',
  'because-unproven': 'bara {{scheduler}}, som startar jobbet, kan bevisa det',
  'badge-missing': 'Det finns ingen sådan badge',
  'badge-of-all':
    'Badgen berättar om jobbets alla tenants, och du får bara se några av dem',
  'badges-off': 'Badges är inte påslagna: ange {{key}}',
  'engine-missing': 'Portalen har ingen jobbmotor som kör jobb i {{engine}}',
  'job-cancel-because': 'Det går inte att avbryta härifrån: {{because}}',
  'job-cannot-resume':
    'Kön kan inte återupptas härifrån: det kan bara verktyget som pausade den',
  'job-missing': 'Det finns inget jobb {{job}}',
  'job-no-dry-run': '{{field}}: jobbet har ingen testkörning',
  'job-no-parameters': '{{field}}: jobbet tar inga parametrar',
  'job-no-tenants': '{{field}}: jobbet körs inte per tenant',
  'job-no-time-range': '{{field}}: jobbet tar inget tidsintervall',
  'job-not-for-tenant': '{{field}}: jobbet körs inte för {{tenant}}',
  'job-not-for-tenant-now': 'Jobbet körs inte längre för {{tenant}}',
  'job-not-manual':
    'Jobbets kontrakt förbjuder manuella körningar och omkörningar: det är inte säkert att köra för hand',
  'job-or-run-missing': 'Det finns inget jobb och ingen körning {{id}}',
  'job-retry-because': 'Det går inte att köra om härifrån: {{because}}',
  'job-run-because': 'Det går inte att köra härifrån: {{because}}',
  'job-silent': 'Ingen worker anmäler jobbet längre: ingen skulle köra det',
  'job-undeclared':
    'Ingen plattform har deklarerat jobbet: det bevakas utifrån och kan bara visas',
  'job-watched-because': 'Det kan bara bevakas: {{because}}',
  'job-which-tenant': '{{field}}: ange för vilken tenant det ska köras',
  'no-cancel-hook':
    'Dess handler har ingen avbrottskrok: när den väl har startat går den till slutet',
  'queue-not-paused': 'Kön är inte pausad',
  'run-cancelling':
    'Den håller redan på att avbrytas; workern har inte bekräftat ännu',
  'run-digits-lost':
    'De sista siffrorna i talet i parametern {{parameter}} är inte kända här: ange parametrarna på nytt, eller kör om den där den kom ifrån',
  'run-ended': 'Den är redan avslutad: {{status}}',
  'run-gone-from-engine':
    'Jobbmotorn känner inte till körningen längre: den har just avslutats, eller så har någon annan tagit bort den från kön',
  'run-missing': 'Det finns ingen körning {{run}}',
  'run-no-tenant':
    'Körningen var inte för någon tenant, men jobbet körs per tenant: kör det nu för den tenant du menar',
  'run-not-ended': 'Den är {{status}}; bara det som är avslutat kan köras om',
  'run-not-kept': 'Körningen är inte sparad längre',
  'run-refused':
    'Den nekades och startade aldrig; kör jobbet på nytt i stället',
  'run-retried': 'Någon annan har redan kört om den',
  'run-started-no-hook':
    'En worker har just startat den, och dess handler har ingen avbrottskrok',
  'run-succeeded': 'Den lyckades; kör jobbet på nytt i stället',
  'status-cancelled': 'avbruten',
  'status-cancelling': 'på väg att avbrytas',
  'status-failed': 'misslyckad',
  'status-lost': 'förlorad',
  'status-queued': 'köad',
  'status-refused': 'nekad',
  'status-running': 'igång',
  'status-succeeded': 'lyckad',
  'status-timed-out': 'över tidsgränsen',

  'sla-duration': '95 % av körningarna inom cirka {{duration}}, mål {{target}}',
  'sla-duration-unknown': 'mål {{target}}, ingen körning uppmätt ännu',
  'sla-missed': 'körningen som skulle ha startat {{due}} har inte startat',
  'sla-none-missed': 'ingen körning missad i mer än {{duration}}',
  'sla-streak_one':
    'den senaste körningen misslyckades, larm från {{threshold}} i rad',
  'sla-streak_other':
    'de senaste {{count, number}} körningarna misslyckades, larm från {{threshold}} i rad',
  'sla-no-streak':
    'den senaste körningen misslyckades inte, larm från {{threshold}} i rad',

  'tenant-blank': 'En tenants id varken börjar eller slutar med ett blanksteg',
  'tenant-form': 'En tenants id är i Unicodes normalform C (NFC)',
  'tenant-length': 'En tenants id har 1 till {{limit}} tecken',
  'tenant-unicode':
    'En tenants id är giltig Unicode, utan ett halvt surrogatpar',
  'tenant-visible':
    'En tenants id har bara synliga tecken: inga styrtecken, nollbreddstecken eller tecken som byter skrivriktning',

  'bulk-changed-failures':
    'Detta skulle nu ta {{actual, number}} misslyckade leveranser, inte {{expected, number}}; titta igen',
  'bulk-changed-runs':
    'Detta skulle nu ta {{actual, number}} körningar, inte {{expected, number}}; titta igen',
  'bulk-missing': 'Det finns ingen massåtgärd {{id}}',
  'bulk-not-running': 'Massåtgärden pågår inte längre',
  'bulk-too-many':
    '{{field}}: fler än {{limit, number}} körningar är valda; gör filtret snävare',

  'failure-bytes-gone': 'Plattformen sparade dess bytes till {{until}}',
  'failure-delivered': 'Den är levererad; det finns inget kvar att göra',
  'failure-delivered-at':
    'Den levererades {{delivered}}; bekräfta att mottagaren ska få den en gång till',
  'failure-handled': 'Den är redan markerad som hanterad',
  'failure-missing': 'Det finns ingen misslyckad webhook {{id}}',
  'failure-replaying': 'Den skickas om just nu',
  'failure-suppressed': 'Den är redan tystad',
  'failure-waiting': 'Den väntar redan på att skickas om',
  'replay-missing': 'Det finns ingen omsändning {{id}}',
  'replay-not-running': 'Omsändningen pågår inte längre',
  'suppression-ended': 'Tystningen har redan upphört',
  'suppression-missing': 'Det finns ingen tystning {{id}}',

  'flag-after-until': '{{field}}: vad som gäller efter `until`',
  'flag-changed': '”{{flag}}” ändrades av {{person}} {{at}}: {{reason}}',
  'flag-configured': 'Den är deklarerad i portalens konfiguration',
  'flag-etag-missing': 'If-Match: saknas; ange etag för den flagga du såg',
  'flag-exists': 'Det finns redan en flagga ”{{flag}}”',
  'flag-first-change': 'Det fanns inget före den här ändringen',
  'flag-missing': 'Det finns ingen flagga ”{{flag}}”',
  'flag-no-change': 'Det finns ingen sådan ändring av ”{{flag}}”',
  'flag-no-variant': '{{field}}: det finns ingen sådan variant',
  'flag-value-type': '{{field}}: är inte av typen {{type}}',
  'flag-until-variant': '{{field}}: hör ihop med `variant`',
  'flag-variant-count': '{{field}}: mellan 1 och 50 varianter',
  'flag-variants-configured':
    'Dess varianter är deklarerade i portalens konfiguration',

  'control-conflict-maintenance':
    'Det finns redan underhåll för samma sak, till {{end}}; förläng eller avsluta det',
  'control-conflict-override':
    'Det finns redan ett undantag för samma sak, till {{end}}; förläng eller avsluta det',
  'control-ended': 'Det upphörde {{end}}',
  'control-ended-meanwhile': 'Det har hunnit upphöra',
  'control-missing-maintenance': 'Det finns inget underhåll {{id}}',
  'control-missing-override': 'Det finns inget undantag {{id}}',
  'control-too-long-maintenance':
    'Underhåll får vara högst {{hours, number}} timmar',
  'control-too-long-override':
    'Ett undantag får vara högst {{hours, number}} timmar',
  'end-after-present':
    '{{field}}: måste komma efter det nuvarande slutet, {{end}}',
  'end-after-start': '{{field}}: måste komma efter början',
  'override-factor': 'Faktorn får vara högst {{limit, number}}',
  'override-address': '{{field}}: är ingen IPv4- eller IPv6-adress',
  'override-bits':
    '{{field}}: har bitar efter sitt prefix; menade du {{network}}?',
  'override-form':
    '{{field}}: är inget nätverk, som 192.0.2.0/24 eller 2001:db8::/32',
  'override-network':
    'Nätverket är för stort: dess prefix måste vara minst {{bits}} bitar',
  'override-unlimited': '”Obegränsat” är inte tillåtet här; ange ett tal',

  'cache-missing': 'Det finns ingen cache ”{{cache}}”',
  'cache-only-by': '{{cache}} får bara rensas av {{people}}',
  'pattern-all-protected':
    'Varje nyckel som kan matcha mönstret är skyddad: {{prefixes}}.',
  'pattern-no-match':
    'Ingen nyckel som börjar med {{prefixes}} kan matcha mönstret.',
  'pattern-or-keys': '{{field}}: ange antingen `keys` eller `pattern`',
  'pattern-type-out':
    '{{field}}: mönstret har ingen fast början; skriv ut det för att bekräfta',
  'prefix-colon': '{{field}}: måste sluta med ett kolon',
  'purge-all-skipped':
    'Det finns inget att rensa: det som matchar får inte röras ({{key}} {{why}}).',
  'purge-ended': 'Den är redan avslutad.',
  'purge-ended-meanwhile': 'Rensningen är redan avslutad',
  'purge-look-first':
    'Titta först: en rensning kräver en egen förhandsvisning av cachen, högst 15 minuter gammal',
  'purge-missing': 'Det finns ingen rensning {{id}}',
  'purge-nothing': 'Inget matchar: det finns inget att rensa.',
  'purge-rate': '{{field}}: högst {{limit, number}} för {{cache}}',
  'purge-stopping': 'Den håller redan på att stoppas.',
  'purge-throttled': '{{field}}: {{cache}} får inte rensas obegränsat fort',
  'purge-too-many':
    'Ungefär {{count, number}} nycklar matchar; högst {{limit, number}} får rensas på en gång. Gör mönstret snävare.',
  'purge-too-soon':
    'Du rensade {{cache}} nyss; nästa rensning får börja {{time}}',
  'purge-window':
    '{{field}}: {{count, number}} nycklar måste spridas över minst {{seconds, number}} s, annars fylls allt på samtidigt',
};
