/** What is said of webhooks, in Swedish. */
export default {
  title: 'Misslyckade webhookar',
  'headline.none': 'Inga öppna fel',
  'headline.noneOf': '{{tenants}}: inga öppna fel',
  'headline.all_one': '{{count, number}} leverans misslyckades',
  'headline.all_other': '{{count, number}} leveranser misslyckades',
  'headline.at_one':
    '{{count, number}} leverans till {{endpoint}} misslyckades',
  'headline.at_other':
    '{{count, number}} leveranser till {{endpoint}} misslyckades',
  'headline.tenant_one': '{{tenant}}: {{count, number}} leverans misslyckades',
  'headline.tenant_other':
    '{{tenant}}: {{count, number}} leveranser misslyckades',
  'headline.tenantAt_one':
    '{{tenant}}: {{count, number}} leverans till {{endpoint}} misslyckades',
  'headline.tenantAt_other':
    '{{tenant}}: {{count, number}} leveranser till {{endpoint}} misslyckades',
  'headline.tenants_one':
    '{{tenants, number}} tenanter: {{count, number}} leverans misslyckades',
  'headline.tenants_other':
    '{{tenants, number}} tenanter: {{count, number}} leveranser misslyckades',
  'headline.oldest': 'äldst {{time}}',
  'search.label': 'Sök på hela webhook-id:t eller dess första tecken',
  'search.placeholder': 'Webhook-id',
  'facets.state': 'Tillstånd',
  'facets.tenant': 'Tenant',
  'facets.endpoint': 'Endpoint',
  'facets.event': 'Händelse',
  'facets.error': 'Fel',
  'facets.age': 'Misslyckades inom',
  'ages.1h': 'Senaste timmen',
  'ages.12h': 'Senaste 12 timmarna',
  'ages.24h': 'Senaste 24 timmarna',
  'ages.7d': 'Senaste 7 dagarna',
  'ages.30d': 'Senaste 30 dagarna',
  'errors.timeout': 'timeout',
  'errors.connection': 'anslutningen misslyckades',
  'errors.dns': 'värden hittades inte',
  'errors.tls': 'TLS misslyckades',
  'errors.redirect': 'omdirigerades',
  'errors.client-error': 'avvisades',
  'errors.server-error': 'serverfel',
  'errors.throttled': 'strypt',
  'errors.gone': 'borta',
  'errors.forbidden-address': 'förbjuden adress',
  'errors.circuit-open': 'inte skickad, brytaren öppen',
  'errors.endpoint': 'endpointen går inte att använda',
  'errors.withStatus': '{{error}} {{status}}',
  'errors.withCode': '{{error}} ({{code}})',
  'chart.title': 'Fel per timme',
  'chart.none': 'Inga de senaste {{hours, number}} timmarna',
  'chart.figures':
    '{{total, number}} de senaste {{hours, number}} timmarna, högst {{most, number}} på en timme',
  'chart.bar_one': '{{hour}}: {{count, number}} fel',
  'chart.bar_other': '{{hour}}: {{count, number}} fel',
  'chart.now': 'nu',
  'chart.hourColumn': 'Från',
  'chart.countColumn': 'Misslyckade',
  'chart.spoken': '{{title}}: {{total, number}} på {{hours, number}} timmar',
  'chart.spokenBusy':
    '{{title}}: {{total, number}} på {{hours, number}} timmar ({{busy}})',
  'tenants.title': 'Fel per tenant',
  'tenants.more_one': '{{count, number}} till i filtret ”Tenant”',
  'tenants.more_other': '{{count, number}} till i filtret ”Tenant”',
  'groups.title': 'Fel per endpoint och feltyp',
  'groups.down': 'endpointen är nere',
  'groups.downWithCircuit': 'endpointen är nere, brytare {{circuit}}',
  'groups.gone': 'endpointen är borta',
  'groups.largest': 'De {{shown, number}} största av {{total, number}} grupper',
  'table.title': 'Misslyckade webhookar',
  'table.event': 'Händelse',
  'table.tenant': 'Tenant',
  'table.error': 'Fel',
  'table.attempts': 'Försök',
  'table.lastFailed': 'Senaste fel',
  'table.state': 'Tillstånd',
  'table.waiting_one': '{{count, number}} nytt fel',
  'table.waiting_other': '{{count, number}} nya fel',
  'table.failure': 'De misslyckade webhookarna kunde inte laddas',
  'table.noMatch': 'Inga misslyckade webhookar matchar filtren',
  'empty.title': 'Inkorgen är tom',
  'empty.text':
    'Webhookar som misslyckades även vid sista försöket dyker upp här, med payload, försök och svar.',
  copyId: 'Kopiera webhook-id',
  'bulk.all_one': 'Alla {{count, number}} matchande fel markerade',
  'bulk.all_other': 'Alla {{count, number}} matchande fel markerade',
  'bulk.allMoreThan_one':
    'Alla matchande fel markerade, fler än {{count, number}}',
  'bulk.allMoreThan_other':
    'Alla matchande fel markerade, fler än {{count, number}}',
  'bulk.selectAll_one': 'Markera alla {{count, number}} matchande fel',
  'bulk.selectAll_other': 'Markera alla {{count, number}} matchande fel',
  'bulk.selectAllMoreThan_one':
    'Markera alla matchande fel, fler än {{count, number}}',
  'bulk.selectAllMoreThan_other':
    'Markera alla matchande fel, fler än {{count, number}}',
  'actions.replay': 'Skicka om',
  'actions.replayAgain': 'Skicka om igen…',
  'actions.suppress': 'Undertryck',
  'actions.handle': 'Markera som hanterad',
  'actions.mute': 'Tysta liknande till…',
  'actionsOn.replay_one': 'Skicka om {{count, number}}',
  'actionsOn.replay_other': 'Skicka om {{count, number}}',
  'actionsOn.suppress_one': 'Undertryck {{count, number}}',
  'actionsOn.suppress_other': 'Undertryck {{count, number}}',
  'actionsOn.handle_one': 'Markera {{count, number}} som hanterad',
  'actionsOn.handle_other': 'Markera {{count, number}} som hanterade',
  'bulkDialog.counting': 'Räknar matchande fel…',
  'bulkDialog.notCounted': 'Felen kunde inte räknas',
  'bulkDialog.titles.replay_one': 'Skicka om {{count, number}} leverans',
  'bulkDialog.titles.replay_other': 'Skicka om {{count, number}} leveranser',
  'bulkDialog.titles.suppress_one': 'Undertryck {{count, number}} leverans',
  'bulkDialog.titles.suppress_other': 'Undertryck {{count, number}} leveranser',
  'bulkDialog.titles.handle_one':
    'Markera {{count, number}} leverans som hanterad',
  'bulkDialog.titles.handle_other':
    'Markera {{count, number}} leveranser som hanterade',
  'bulkDialog.scopes.replay':
    'Skickar om {{deliveries}} till {{endpoints}} hos {{tenants}}.',
  'bulkDialog.scopes.suppress':
    'Undertrycker {{deliveries}} till {{endpoints}} hos {{tenants}}.',
  'bulkDialog.scopes.handle':
    'Markerar {{deliveries}} till {{endpoints}} hos {{tenants}} som hanterade.',
  'bulkDialog.effects.replay':
    'Var och en behåller sitt id och sin payload och får en ny signatur, så att mottagaren känner igen det den redan har.',
  'bulkDialog.effects.suppress':
    'De finns kvar i historiken, lämnar inkorgen och stannar utanför den om de misslyckas igen.',
  'bulkDialog.effects.handle':
    'De finns kvar i historiken och lämnar inkorgen. En som misslyckas igen kommer tillbaka.',
  'bulkDialog.time':
    'Tar ungefär {{duration}} i den här takten. Du kan stoppa det.',
  'bulkDialog.skipped.delivered_one':
    'Hoppar över {{count, number}} som levererades.',
  'bulkDialog.skipped.delivered_other':
    'Hoppar över {{count, number}} som levererades.',
  'bulkDialog.skipped.replaying_one':
    'Hoppar över {{count, number}} som redan skickas om.',
  'bulkDialog.skipped.replaying_other':
    'Hoppar över {{count, number}} som redan skickas om.',
  'bulkDialog.skipped.expired_one':
    'Hoppar över {{count, number}} vars payload plattformen inte har kvar.',
  'bulkDialog.skipped.expired_other':
    'Hoppar över {{count, number}} vars payload plattformen inte har kvar.',
  'bulkDialog.skipped.same_one':
    'Hoppar över {{count, number}} som redan är löst.',
  'bulkDialog.skipped.same_other':
    'Hoppar över {{count, number}} som redan är lösta.',
  'bulkDialog.rate.label': 'Omsändningar per sekund och endpoint',
  'bulkDialog.rate.help':
    'Ta det lugnt med en mottagare som just har återhämtat sig.',
  'bulkDialog.includeDelivered': 'Ta med dem som levererades',
  'bulkDialog.outcomes.replay_one':
    '{{count, number}} leverans kommer att skickas igen.',
  'bulkDialog.outcomes.replay_other':
    '{{count, number}} leveranser kommer att skickas igen.',
  'bulkDialog.outcomes.suppress_one':
    '{{count, number}} leverans undertrycktes.',
  'bulkDialog.outcomes.suppress_other':
    '{{count, number}} leveranser undertrycktes.',
  'bulkDialog.outcomes.handle_one':
    '{{count, number}} leverans markerades som hanterad.',
  'bulkDialog.outcomes.handle_other':
    '{{count, number}} leveranser markerades som hanterade.',
  'counts.deliveries_one': '{{count, number}} leverans',
  'counts.deliveries_other': '{{count, number}} leveranser',
  'counts.endpoints_one': '{{count, number}} endpoint',
  'counts.endpoints_other': '{{count, number}} endpoints',
  'counts.tenants_one': '{{count, number}} tenant',
  'counts.tenants_other': '{{count, number}} tenanter',
  'oneDialog.titles.replay': 'Skicka om {{id}}',
  'oneDialog.titles.suppress': 'Undertryck {{id}}',
  'oneDialog.titles.handle': 'Markera {{id}} som hanterad',
  'oneDialog.what': '{{event}} från {{tenant}}, till {{url}}.',
  'oneDialog.delivered': 'Levererades {{time}}.',
  'oneDialog.effects.replay':
    'Den behåller sitt id och sin payload och får en ny signatur, så att mottagaren känner igen den om den redan har den.',
  'oneDialog.effects.suppress':
    'Den finns kvar i historiken, lämnar inkorgen och stannar utanför den om den misslyckas igen.',
  'oneDialog.effects.handle':
    'Den finns kvar i historiken och lämnar inkorgen. Om den misslyckas igen kommer den tillbaka.',
  'oneDialog.again': 'Ja, leverera den igen',
  'oneDialog.againProblem':
    'Den har redan levererats. Bekräfta att du vill att den levereras igen.',
  'oneDialog.outcome': '{{id}}: {{state}}.',
  'mute.titleEvent': 'Tysta {{event}} från {{tenant}} till {{endpoint}}',
  'mute.titleEndpoint': 'Tysta allt från {{tenant}} till {{endpoint}}',
  'mute.button': 'Tysta',
  'mute.event': '{{event}} till {{endpoint}}',
  'mute.endpoint': 'Allt till {{endpoint}}',
  'mute.until':
    'Till {{time}} sparas ytterligare fel som undertryckta och hålls utanför inkorgen och Att åtgärda. Det upphör av sig självt.',
  'mute.unchanged':
    'Leveransförsök görs fortfarande, och varje fel finns kvar i historiken.',
  'mute.what': 'Vad',
  'mute.for': 'I',
  'mute.durations.1': '1 timme',
  'mute.durations.4': '4 timmar',
  'mute.durations.24': '1 dygn',
  'mute.durations.72': '3 dygn',
  'mute.durations.168': '1 vecka',
  'mute.durations.720': '30 dagar',
  'mute.existing': 'Ta med dem som är öppna nu',
  'mute.outcome': 'Tystat till {{time}}.',
  'muted.title': 'Tystat',
  'muted.active_one': '{{count, number}} aktiv',
  'muted.active_other': '{{count, number}} aktiva',
  'muted.table': 'Aktiva tystningar',
  'muted.failure': 'Tystningarna kunde inte laddas',
  'muted.what': 'Vad',
  'muted.row': '{{tenant}} · {{endpoint}} · {{event}}',
  'muted.allEndpoints': 'alla endpoints',
  'muted.allEvents': 'alla händelser',
  'muted.why': 'Varför',
  'muted.count': 'Undertryckta',
  'muted.until': 'Till',
  'muted.end.action': 'Häv tystningen',
  'muted.end.title': 'Häv tystningen av {{tenant}}',
  'muted.end.fact':
    'Från och med nu dyker nya fel upp i inkorgen igen. De som sparats som undertryckta förblir det.',
  'muted.end.outcome': 'Tystningen är hävd.',
  'replays.label': 'Omsändning {{id}}',
  'replays.progress': 'Omsändningens förlopp',
  'replays.titles.running_one': 'Skickar om {{count, number}} leverans',
  'replays.titles.running_other': 'Skickar om {{count, number}} leveranser',
  'replays.titles.stopping_one':
    'Stoppar omsändningen av {{count, number}} leverans',
  'replays.titles.stopping_other':
    'Stoppar omsändningen av {{count, number}} leveranser',
  'replays.titles.stopped_one':
    'Stoppade omsändningen av {{count, number}} leverans',
  'replays.titles.stopped_other':
    'Stoppade omsändningen av {{count, number}} leveranser',
  'replays.titles.ended_one':
    'Omsändningen av {{count, number}} leverans är klar',
  'replays.titles.ended_other':
    'Omsändningen av {{count, number}} leveranser är klar',
  'replays.figures.delivered_one': '{{count, number}} levererad',
  'replays.figures.delivered_other': '{{count, number}} levererade',
  'replays.figures.failed_one': '{{count, number}} misslyckades igen',
  'replays.figures.failed_other': '{{count, number}} misslyckades igen',
  'replays.figures.refused_one': '{{count, number}} nekad',
  'replays.figures.refused_other': '{{count, number}} nekade',
  'replays.figures.stopped_one': '{{count, number}} inte skickad',
  'replays.figures.stopped_other': '{{count, number}} inte skickade',
  'replays.figures.sent_one': '{{count, number}} pågår',
  'replays.figures.sent_other': '{{count, number}} pågår',
  'replays.figures.left_one': '{{count, number}} kvar',
  'replays.figures.left_other': '{{count, number}} kvar',
  'replays.stopLabel_one': 'Stoppa omsändningen av {{count, number}} leverans',
  'replays.stopLabel_other':
    'Stoppa omsändningen av {{count, number}} leveranser',
  'replays.mayNotStop':
    'Du saknar behörigheten {{permission}} för alla dess tenanter.',
  'replays.stopDialog.title_one':
    'Stoppa omsändningen av {{count, number}} leverans',
  'replays.stopDialog.title_other':
    'Stoppa omsändningen av {{count, number}} leveranser',
  'replays.stopDialog.button': 'Stoppa omsändningen',
  'replays.stopDialog.left_one':
    '{{count, number}} leverans ligger fortfarande i kö. Den kommer inte att skickas och stannar i inkorgen.',
  'replays.stopDialog.left_other':
    '{{count, number}} leveranser ligger fortfarande i kö. De kommer inte att skickas och stannar i inkorgen.',
  'replays.stopDialog.sending':
    'En leverans som skickas just nu kan fortfarande komma fram.',
  'replays.stopDialog.delivered': 'De som levererats förblir levererade.',
  'replays.stopDialog.outcome_one':
    'Stoppad. {{count, number}} leverans skickades inte.',
  'replays.stopDialog.outcome_other':
    'Stoppad. {{count, number}} leveranser skickades inte.',
  'failure.title': 'Misslyckad webhook',
  'failure.failure': 'Felet kunde inte laddas',
  'failure.tenant': 'Tenant',
  'failure.endpoint': 'Endpoint',
  'failure.id': 'Webhook-id',
  'failure.created': 'Skapad',
  'failure.delivered': 'Levererad',
  'failure.replayableUntil': 'Kan skickas om till',
  'failure.reportedBy': 'Rapporterad av',
  'failure.reportedOverHttp': '{{service}}, över HTTP',
  'failure.endpointDown': 'gick ner {{time}}',
  'failure.endpointGone': 'svarade 410 Gone {{time}}',
  'failure.circuitOpen': 'brytaren öppen, nästa försök {{time}}',
  'failure.circuitHalfOpen': 'brytaren halvöppen, nästa leverans är ett försök',
  'failure.history': 'Historik',
  'failure.audit': 'Granskningslogg',
  'failure.events.failed': 'Misslyckades {{time}}',
  'failure.events.replay-requested': 'Omsändning begärd {{time}}',
  'failure.events.replay-stopped':
    'Omsändningen stoppades innan den skickades {{time}}',
  'failure.events.replay-refused':
    'Omsändningen nekades av plattformen {{time}}',
  'failure.events.delivered': 'Levererades {{time}}',
  'failure.events.failed-again': 'Misslyckades igen {{time}}',
  'failure.events.suppressed': 'Undertrycktes {{time}}',
  'failure.events.handled': 'Markerades som hanterad {{time}}',
  'failure.eventBy': '{{event}} av {{person}}',
  'failure.payload.title': 'Payload',
  'failure.payload.label': 'Payloadens text',
  'failure.payload.size': '{{type}}, {{size, number}} byte',
  'failure.payload.truncated': 'avkortad: bara början lämnade plattformen',
  'failure.payload.redacted': 'maskerat: {{fields}}',
  'failure.payload.hidden': 'Visas inte',
  'failure.payload.hiddenBecause': 'Visas inte: {{reason}}',
  'attempts.title': 'Försök',
  'attempts.total_one': '{{count, number}} totalt',
  'attempts.total_other': '{{count, number}} totalt',
  'attempts.delivered': 'levererades',
  'attempts.deliveredWithStatus': 'levererades {{status}}',
  'attempts.notSent': 'skickades inte',
  'attempts.replay': 'omsändning',
  'attempts.response.title': 'Svar',
  'attempts.response.headers': 'Svarets headers',
  'attempts.response.body': 'Svarets body',
  'entity.title': 'Webhookar',
  'entity.failure': 'Webhookarna kunde inte laddas',
  'entity.group_one': '{{endpoint}}: {{count, number}} × {{error}}',
  'entity.group_other': '{{endpoint}}: {{count, number}} × {{error}}',
  'entity.all': 'Tenantens alla misslyckade webhookar',
};
