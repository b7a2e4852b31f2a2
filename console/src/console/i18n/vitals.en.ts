import type { vitals as zh } from './vitals.zh'

export const vitals: typeof zh = {
  title: 'Vital signs', lookup: 'Look up', catalogue: 'Catalogue', viewLabel: 'What to see',
  search: 'Look up a sign', searchHint: 'Words, pinyin or a code, with a region if you like: yuzhong gas', keys: '/ to type, ↑ ↓ to choose, Enter to open', results: 'Signs', up: 'Up',
  found_one: '{{count}} sign', found_other: '{{count}} signs', found: '{{count}} signs', outside: '“{{name}}” is outside your jurisdiction; these are the signs of {{own}}.',
  none: 'No such sign', noneText: 'Try another word: a name, pinyin, initials or a code; fewer letters find more.',
  empty: '{{name}} has no values yet', emptyText: 'Once devices are connected or numbers imported, signs stand here by domain, the worst first. The catalogue is there already.',
  still: 'Nothing is being computed; values are those of {{time}} and shown in grey.', never: 'Nothing has ever been computed on this machine.',
  fresh: 'live', stale: 'as of {{time}}', staleNever: 'out of date', noValue: 'no data',
  level: { none: 'normal', blue: 'blue', yellow: 'yellow', orange: 'orange', red: 'red' }, levelAt: '{{level}} alarm', unknownLevel: 'level not known',
  rank: '{{place}} of {{of}}, worst first', rankHigh: '{{place}} of {{of}}, highest first', spark: 'last 24 hours', generated: 'from a template', staleCount: '{{count}} out of date',
  domainSigns: '{{count}} signs', more: 'See all', period: { live: 'live', day: 'daily', month: 'monthly', year: 'yearly' },
  input: { datastreams: 'devices', incidents: 'incidents', register: 'registers', signs: 'other signs' },
  filter: { domain: 'Domain', section: 'Section', input: 'Made of', data: 'Values', has: 'with values', hasNot: 'without a source' },
  browse: '{{every}} in the catalogue, {{total}} fit, of which {{data}} have a value in {{name}} and {{generated}} are from templates.', noFit: 'No sign fits', noFitText: 'Loosen the filters.',
  column: { name: 'Name', domain: 'Domain', value: 'Value', input: 'Made of', period: 'Updated', lowest: 'Down to' },
  lowest: { grid: 'grids', village: 'villages', town: 'towns', district: 'districts', city: 'the city' },
  trend: 'Trend', span: { day: '24 hours', week: '7 days', month: '30 days', year: '1 year' }, noTrend: 'Nothing was kept of this time.', asTable: 'As a table', time: 'Time', value: 'Value', low: 'Lowest', high: 'Highest', trendSource: 'Source: {{source}}, {{name}}',
  below: 'By {{level}}', belowNone: 'This sign goes down to {{level}} and no further.', belowStreams: 'Datastreams ({{count}})', streamsNone: 'No datastream of this grid is in it.', streamsMore: 'the first {{count}}', map: 'Map of the regions below', simulated: 'simulated',
  why: 'Why this value', formula: 'Formula', formulaX: 'x is {{statistic}}', of: 'Of', where: 'Where', window: 'Window', lateness: 'Lateness allowed', freshness: 'Freshness', aliveOf: '{{alive}} of {{inputs}} inputs alive', at: 'newest {{time}}', atNone: 'nothing yet',
  source: 'Source', owner: 'Owner', range: 'Valid range', template: 'Made by the template “{{name}}”; a city may replace it', byHand: 'Written by hand', alarms: 'Alarms', alarmsOpen: '{{open}} open, {{incidents}} incidents in 30 days', seconds: '{{value}} s', minutes: '{{value}} min', hours: '{{value}} h', noDataKeep: 'without data it stays as it is', noDataAlarm: 'no data is an alarm', noData: 'No data', limit: 'limit {{value}}',
  statistic: {
    count: 'readings in the window', sum: 'sum of the window', mean: 'mean of the window', min: 'lowest of the window', max: 'highest of the window', range: 'range of the window', std: 'standard deviation of the window', change: 'change since the window before', streams: 'datastreams', alive: 'datastreams alive', silent: 'silent datastreams',
    alive_share: 'share alive', latest_mean: 'mean of the latest', latest_min: 'lowest of the latest', latest_max: 'highest of the latest', latest_sum: 'sum of the latest', above: 'datastreams above the limit', above_share: 'share above the limit', below: 'datastreams below the limit', below_share: 'share below the limit', gauge: 'the number itself', gauge_mean: 'mean of those below',
  },
  thresholds: {
    title: 'Thresholds', whose: 'Those of {{name}}, {{time}}', own: 'Set by {{name}}, {{time}}', catalogue: 'Those of the catalogue', reason: 'Reason: {{reason}}', none: 'None: it never rings.', noBad: 'Neither high nor low is bad here: there are none.',
    edit: 'Change', on: 'On', off: 'Off', level: 'Level', high: 'High is bad: a level begins at its on value and ends at or below its off value.', lowBad: 'Low is bad: a level begins at its on value and ends at or above its off value.',
    use: 'Use', try: 'Try on 30 days', tried_one: 'This would have rung {{count}} time in 30 days', tried_other: 'This would have rung {{count}} times in 30 days', tried: 'This would have rung {{count}} times in 30 days', now: 'those in force {{count}} times', points: 'Tried on {{points}} values that were kept, about {{step}} apart; what was shorter is not seen.', unknown: 'Not enough was kept to try on.',
    peak: 'peak {{level}} {{value}}', lasting: 'still on', save: 'Save', back: 'Back to those above', backAsk: 'Take away the thresholds of this region?', why: 'Reason', whyHint: 'Why it should be so', saved: 'Thresholds saved', cancel: 'Cancel', holds: 'For {{name}} and below, until somebody below decides otherwise.', missing: 'Give a reason, and both values of each level in use.',
  },
}
