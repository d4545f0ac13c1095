/** What is said of what needs attention itself, in Swedish. */
export const attentionSentences = {
  'facts.at-most': 'högst {{limit}} är tillåtet',
  'facts.audit-changed': 'Granskningsloggen är inte vad den var',
  'facts.audit-changed-advice':
    '{{problem}}. Låt databasen vara som den är och larma dem som ansvarar för säkerheten.',
  'facts.audit-kept-nowhere-else':
    'Inget utanför databasen intygar att granskningsloggen är hel',
  'facts.audit-unkept':
    'Ange operations.audit.checkpoints.file, eller lägg till ett arkiv: den som byter ut databasen byter också ut dess kontrollpunkter.',
  'facts.audit-unsigned':
    'Ange operations.audit.checkpoints.keys och file: utan signerade kontrollpunkter ser en logg som bytts ut i sin helhet hel ut.',
  'facts.beyond-target': '{{job}} har passerat sin måltid',
  'facts.beyond-target-for': '{{job}} har passerat sin måltid för {{tenant}}',
  'facts.cancel-not-acknowledged':
    'Ingen worker har tagit emot avbrottet av {{job}}',
  'facts.clock-ahead': 'Klockan på {{host}} går {{seconds}} s före',
  'facts.clock-behind': 'Klockan på {{host}} går {{seconds}} s efter',
  'facts.clock-correct':
    'körningar startas ändå efter Redis tid; ställ klockan rätt',
  'facts.clock-holds': 'dess workers tar inga jobb förrän klockan går rätt',
  'facts.deliveries-failed_one':
    '{{tenant}}: {{count, number}} leverans till {{endpoint}} misslyckades',
  'facts.deliveries-failed_other':
    '{{tenant}}: {{count, number}} leveranser till {{endpoint}} misslyckades',
  'facts.deliveries-open_one':
    '{{count, number}} leverans har misslyckats och är öppen',
  'facts.deliveries-open_other':
    '{{count, number}} leveranser har misslyckats och är öppna',
  'facts.deliveries-untouched':
    'ännu inte omsända, tystade eller markerade som hanterade',
  'facts.endpoint-disabled':
    '{{endpoint}} hos {{tenant}} svarar att adressen inte längre finns (410)',
  'facts.endpoint-down': '{{endpoint}} hos {{tenant}} ligger nere',
  'facts.executed-often':
    'En körning av {{job}} utfördes {{times, number}} gånger',
  'facts.executed-often-for':
    'En körning av {{job}} utfördes {{times, number}} gånger för {{tenant}}',
  'facts.executed-often-starts':
    '{{run}} startades först {{first}} av {{firstWorker}} och sist {{last}} av {{lastWorker}}',
  'facts.executed-twice': 'En körning av {{job}} utfördes två gånger',
  'facts.executed-twice-for':
    'En körning av {{job}} utfördes två gånger för {{tenant}}',
  'facts.executed-twice-starts':
    '{{run}} startades {{first}} av {{firstWorker}} och {{last}} av {{lastWorker}}',
  'facts.failing-streak':
    '{{job}} har misslyckats {{times, number}} gånger i rad',
  'facts.failing-streak-for':
    '{{job}} har misslyckats {{times, number}} gånger i rad för {{tenant}}',
  'facts.fired-by': 'startas av {{scheduler}}',
  'facts.flag-stale': '{{flag}} skulle ha tagits bort senast {{day}}',
  'facts.held-elsewhere_one':
    'inställt direkt på kön, med ett annat verktyg; {{count, number}} körning väntar',
  'facts.held-elsewhere_other':
    'inställt direkt på kön, med ett annat verktyg; {{count, number}} körningar väntar',
  'facts.last-run-failed': '{{job}} misslyckades',
  'facts.last-run-failed-for': '{{job}} misslyckades för {{tenant}}',
  'facts.last-run-lost': '{{job}} förlorades',
  'facts.last-run-lost-for': '{{job}} förlorades för {{tenant}}',
  'facts.last-run-timed-out': '{{job}} överskred sin tidsgräns',
  'facts.last-run-timed-out-for':
    '{{job}} överskred sin tidsgräns för {{tenant}}',
  'facts.maintenance-extended':
    'Planerat till {{end}}, förlängt av {{person}}.',
  'facts.many-failures':
    '{{failed, number}} webhooks till {{tenant}} misslyckades inom en timme',
  'facts.many-failures-limit':
    'mer än {{limit, number}} i timmen kräver åtgärd',
  'facts.migration-diverged':
    '{{component}} i {{environment}} stämmer inte med sin databas',
  'facts.migration-failed': '{{component}} i {{environment}} misslyckades',
  'facts.migration-locked':
    '{{component}} i {{environment}} har länge hållit sitt migreringslås',
  'facts.migration-missing':
    '{{component}} i {{environment}} saknar filen till en migrering som har körts',
  'facts.migration-out-of-order':
    '{{component}} i {{environment}} har migreringar i fel ordning',
  'facts.migration-pending':
    '{{component}} i {{environment}} har väntat för länge på migrering',
  'facts.migration-silent': '{{component}} i {{environment}} har tystnat',
  'facts.no-worker': 'Ingen worker är igång för {{job}}',
  'facts.not-announced': 'ingen worker har anmält det',
  'facts.override-ending':
    'Undantaget för {{client}} upphör snart, och behövs fortfarande',
  'facts.override-ending-figures':
    '{{asked, number}} anrop i minuten; den vanliga gränsen för ”{{limiter}}” är {{limit, number}}.',
  'facts.overlapping': '{{runs, number}} körningar av {{job}} pågår samtidigt',
  'facts.overlapping-for':
    '{{runs, number}} körningar av {{job}} pågår samtidigt för {{tenant}}',
  'facts.overlapping-by':
    '{{scheduler}} startade en innan den förra hade avslutats',
  'facts.overrun-offline':
    '{{tenant}} är fortfarande offline: underhållet drar över tiden',
  'facts.overrun-read-only':
    '{{tenant}} är fortfarande skrivskyddad: underhållet drar över tiden',
  'facts.platform-overrun-offline':
    'Plattformen är fortfarande offline: underhållet drar över tiden',
  'facts.platform-overrun-read-only':
    'Plattformen är fortfarande skrivskyddad: underhållet drar över tiden',
  'facts.portal-clock-ahead':
    'Portalens klocka på {{host}} går {{seconds}} s före',
  'facts.portal-clock-behind':
    'Portalens klocka på {{host}} går {{seconds}} s efter',
  'facts.portal-clock-effect':
    'åldrar, väntetider och missade körningar visas lika mycket fel',
  'facts.purge-failed': 'Rensningen av {{cache}} misslyckades',
  'facts.purge-stalled': 'Rensningen av {{cache}} står still',
  'facts.queue-concurrency':
    'Kön för {{job}} släpper högst {{limit, number}} åt gången',
  'facts.queue-depth_one': '{{count, number}} körning av {{job}} väntar',
  'facts.queue-depth_other': '{{count, number}} körningar av {{job}} väntar',
  'facts.queue-paused': 'Kön för {{job}} är pausad',
  'facts.queue-rate-limit':
    'Kön för {{job}} startar högst {{limit, number}} på {{period}}',
  'facts.queue-wait': 'En körning av {{job}} har väntat för länge',
  'facts.requests-refused': '{{tenant}}: {{percent}} % av anropen nekas',
  'facts.requests-refused-figures':
    '{{refused, number}} av {{asked, number}} anrop till ”{{limiter}}” på {{minutes}} minuter',
  'facts.run-stream-figures':
    '{{waiting}} rapporter väntar på att läsas; över {{capacity}} kastas de äldsta',
  'facts.run-stream-filling':
    'Rapporter om körningar är på väg att gå förlorade',
  'facts.runs-wait_one': '{{count, number}} körning väntar',
  'facts.runs-wait_other': '{{count, number}} körningar väntar',
  'facts.schedule-missed': '{{job}} skulle ha startat men gjorde det inte',
  'facts.schedule-missed-for':
    '{{job}} skulle ha startat för {{tenant}} men gjorde det inte',
  'facts.service-level': '{{job}} är långsammare än sin måltid',
  'facts.service-level-figures':
    '95 % av körningarna inom cirka {{p95}}, mål {{target}}',
  'facts.target': 'mål {{target}}',
  'facts.unknown-worker': 'en okänd worker',
  'facts.unreadable-registration':
    'Det går inte att läsa hur {{job}} är anmält',
  'facts.unreadable-kept': '{{problem}}. Den förra anmälan gäller fortfarande.',
  'facts.unreadable-unknown':
    '{{problem}}. Jobbet visas inte förrän dess worker anmäler det igen.',
};
