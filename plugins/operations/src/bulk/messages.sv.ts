/** What every bulk action says, in Swedish. */
export default {
  title: 'Massåtgärder',
  select: 'Markera',
  selectRow: 'Markera {{name}}',
  selectPage: 'Markera alla på sidan',
  none: 'Inga markerade',
  selected_one: '{{count, number}} markerad',
  selected_other: '{{count, number}} markerade',
  clear: 'Avmarkera alla',
  tooMany:
    'Högst {{max, number}} kan markeras en och en. Markera i stället alla som matchar.',
  rate: '{{rate, number}}/s',
  rateAndLeft: '{{rate, number}}/s, ungefär {{duration}} kvar',
  by: 'av {{person}}: ”{{reason}}”',
  stop: 'Stoppa',
  wrongPace: 'Från {{min, number}} till {{max, number}} i sekunden',
};
