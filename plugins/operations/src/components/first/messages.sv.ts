/** What is said before any page of Operations is loaded, in Swedish. */
export default {
  'badge.count_one': '{{count, number}} brådskande punkt',
  'badge.count_other': '{{count, number}} brådskande punkter',
  'badge.many': '{{most, number}}+',
  'notLoaded.reload': 'Ladda om sidan',
  'notLoaded.retry': 'Försök igen',
  'notLoaded.text':
    'Nya försök görs automatiskt när det finns en anslutning. Om portalen har uppdaterats under tiden: ladda om sidan.',
  'notLoaded.title': 'Den här delen av sidan kunde inte laddas',
};
