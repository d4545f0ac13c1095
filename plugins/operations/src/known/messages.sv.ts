/** What is said of known names, in Swedish. */
export default {
  checking: 'Kontrollerar om namnet är känt…',
  away: '”{{name}}” kunde inte kontrolleras',
  nevertheless: 'Använd ”{{name}}” ändå',
  'unknown.tenant':
    '”{{name}}” har aldrig setts: inget jobb, inget anrop, ingen entitet',
  'unknown.owner': '”{{name}}” har aldrig setts: inget jobb, ingen entitet',
};
