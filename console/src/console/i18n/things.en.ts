/** Things: devices, their datastreams and secrets, and the table that registers many. */
export const things = {
  title: 'Things', export: 'Export', new: 'Register a thing', total: '{{count}} things', search: 'code, name, address', kind: 'Type', state: 'State', inUse: 'in use', retired: 'out of use', any: 'all', region: 'Region', owner: 'Owner',
  code: 'Code', name: 'Name', place: 'Place', none: 'No things match. Widen the filters, or register one.', nowhere: 'No things are registered yet.', simulated: 'simulated', noOwner: 'none',
  codeHint: 'What the device calls itself; it cannot change later', lon: 'Longitude', lat: 'Latitude', datum: 'Datum', address: 'Address', quota: 'Quota per minute', quotaHint: 'Empty: by its type', perMinute: '/min', pick: 'Click the map to set the place', map: 'Map of the place',
  edit: 'Edit', save: 'Save', cancel: 'Cancel', made: 'Thing registered', saved: 'Saved', retire: 'Take out of use', retireAsk: 'Its readings are refused from now on; what was stored stays.', restore: 'Use again', retiredDone: 'Taken out of use', restoredDone: 'In use again',
  stream: {
    title: 'Datastreams', measures: 'Measures', unit: 'Unit', unitHint: 'What the device sends; where it is not {{unit}}, convert it', range: 'Range', low: 'Lower bound', high: 'Upper bound', interval: 'Interval', intervalSeconds: 'Interval (s)', seconds: '{{count}} s',
    calibration: 'Calibration', raw: 'raw × {{scale}} + {{shift}}', none: 'not calibrated', at: 'calibrated {{day}}', scale: 'Scale', shift: 'Shift', day: 'Calibrated on', dayHint: 'Empty: today, where scale or shift change', sentinels: 'Sentinels', sentinelsHint: 'Numbers by which the device means "no value", separated by spaces', edit: 'Adjust', title2: 'Adjust {{name}}', saved: 'Datastream adjusted for readings to come', wrongSentinels: 'Numbers separated by spaces',
  },
  secret: { title: 'Secret', has: 'A secret has been issued.', hasNot: 'No secret yet: the device cannot send by credentials of its own.', issue: 'Issue a secret', rotate: 'Replace the secret', ask: 'The former secret ends at once.', shown: 'Copy it now, it is shown only once:', done: 'Secret issued' },
  counts: { title: 'Readings of 7 days', day: 'Day', what: 'What became of them', n: 'Readings', none: 'Nothing came from this device in 7 days.' },
  properties: 'Other properties',
  import: {
    open: 'Import', title: 'Register many things', choose: 'Choose a table', template: 'Template', hint: 'xlsx or CSV (UTF-8, GBK), one thing per row, 100,000 rows at most; further rows of one thing may set range and calibration of another datastream. Every row is checked first; all are registered or none.',
    sending: 'Uploading', checking: 'Checking every row', making: 'Registering', ready: '{{lines}} rows, {{things}} things: ready to register.', faults: '{{faults}} faults in {{lines}} rows: mend them and choose the file again.', first: 'These are the first {{count}}.', ignored: 'These columns are not imported: {{columns}}.',
    act: 'Register {{things}}', done: '{{things}} things registered', secrets: 'Issue a secret for each thing', keep: 'The secrets can be downloaded here only once.', download: 'Download secrets', close: 'Done', line: 'Row', column: 'Column', problem: 'Problem', none: 'No problems.', progress: 'Progress of the import',
  },
}
