import type { alarms as zh } from './alarms.zh'

export const alarms: typeof zh = {
  title: 'Alarms', tabs: 'Kinds of alarms', label: 'Alarms', open: 'Open', more: 'More', none: 'No such alarm now', noneText: 'An alarm ends when its sign recovers; missing data never ends one.',
  tab: { raised: 'Ringing', acknowledged: 'Acknowledged', shelved: 'Shelved', cleared: 'Cleared', storms: 'Storms', analysis: 'Analysis' },
  level: ['normal', 'blue', 'yellow', 'orange', 'red'], kind: { threshold: 'Threshold', no_data: 'No data', anomaly: 'Anomaly' },
  state: { raised: 'Ringing', acknowledged: 'Acknowledged', shelved: 'Shelved', cleared: 'Cleared' },
  perHour: '{{count}} per officer and hour', perHourHint: 'Alarms told to this centre in the last hour, by officers on duty', levels: 'At least', kinds: 'Kind', thingNone: 'No alarms.', all: 'All',
  acknowledge: 'Acknowledge', shelve: 'Shelve', unshelve: 'Unshelve', incident: 'Incident', thing: 'Thing', sign: 'Sign', simulated: 'simulated', began: 'since {{time}}', until: 'shelved until {{time}}',
  history: 'History', why: 'Why it rang', close: 'Close', noValue: 'no value', peak: 'at most {{level}}', by: 'by {{name}}', reason: 'Reason', end: 'Until', send: 'OK', cancel: 'Cancel',
  what: { raised: 'raised', up: 'up', down: 'down', cleared: 'cleared', acknowledged: 'acknowledged', shelved: 'shelved', unshelved: 'unshelved', told: 'told above', opened: 'opened an incident', closed: 'incident closed' },
  picture: { told: '{{value}} {{unit}} at {{time}}; usual then is {{low}} to {{high}}, about {{expected}}.', readings: 'readings', expected: 'usual', broke: 'not as usual', close: 'This datastream is watched closely: sixteen differences, each against its own past.', none: 'There are no readings to show.' },
  storm: '{{count}} of one place and type', stormOpen: 'Open', stormBack: 'Back to storms', noStorm: 'No storms',
  hours: '{{count}} h', shelveHint: 'Neither it nor new alarms of this sign there ring until then; afterwards they do. What is no anomaly is shelved with that as its reason.',
  analysis: {
    raised: 'Raised', incidents: 'Incidents', heard: 'Until acknowledged (median)', cleared: 'Until cleared (median)', minutes: '{{count}} min', byDay: 'Per day', most: 'at most {{count}} a day', noisy: 'The noisiest signs', sign: 'Sign', region: 'Region', count: 'Alarms', chattering: 'again within 10 min', median: 'Lasts (median)', period: 'Last {{count}} days',
  },
}
