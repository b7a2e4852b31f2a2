export const en = {
  level: { red: 'Red', orange: 'Orange', yellow: 'Yellow', blue: 'Blue' },
  levelLong: { red: 'Red · at once', orange: 'Orange · today', yellow: 'Yellow · due soon', blue: 'Blue · routine' },
  levelMeaning: { red: 'at once', orange: 'today', yellow: 'due soon', blue: 'routine' },
  state: {
    reported: 'To accept', accepted: 'To verify', verified: 'To file', filed: 'To dispatch', dispatched: 'To acknowledge',
    handling: 'In handling', handled: 'To check', checked: 'To close', closed: 'Closed', rated: 'Rated',
    voided: 'Voided', transferring: 'In transfer', arbitrating: 'To arbitrate', suspended: 'Suspended',
  },
  orderState: {
    issued: 'To acknowledge', acknowledged: 'Acknowledged', handling: 'In handling', done: 'Reported back',
    returned: 'Returned', released: 'Released', withdrawn: 'Withdrawn',
  },
  role: { lead: 'Lead', assist: 'Assist', assigned: 'Assigned' },
  channel: {
    resident: 'Resident', grid: 'Grid worker', hotline: '12345', api: 'API', centre: 'Centre',
    camera: 'Camera', sensor: 'Sensor', inspection: 'Inspection',
  },
  loop: {
    report: 'Report', accept: 'Accept', verify: 'Verify', dispatch: 'Dispatch',
    handle: 'Handle', check: 'Check', close: 'Close', rate: 'Rate',
  },
  stage: {
    accept: 'Accept', verify: 'Verify', file: 'File', dispatch: 'Dispatch', take_over: 'Take over', arbitrate: 'Arbitrate',
    acknowledge: 'Acknowledge', handle: 'Handle', check: 'Check', close: 'Close', suspension: 'Suspension', supervision: 'Supervision reply',
  },
  clock: { urgent: 'urgent hours', working_hours: 'working hours', working_days: 'working days', calendar_days: 'calendar days' },
  deadline: {
    left: '{{span}} left',
    today: 'today by {{time}}',
    until: 'by {{time}}',
    working_hours: '{{amount}} working hours left',
    working_days: '{{amount}} working days left',
    over: '{{span}} over',
    overdueNow: 'just overdue',
    none: 'no limit',
    detail: '{{stage}} due {{due}}, limit {{amount}} {{clock}}',
  },
  topic: {
    routing: 'Routing', limit: 'Limit', level: 'Level', category: 'Category', centre: 'Owner', place: 'Place',
    duplicates: 'Duplicates', priority: 'Priority',
  },
  unit: { hours: 'hours', days: 'days' },
  closedLoop: { label: 'Closed loop', passed: 'done', now: 'now', ahead: 'to come', holder: 'Held by {{holder}}', since: 'since {{time}}' },
  why: { title: 'Why', rule: 'Rule', source: 'Source', inputs: 'Inputs', rejected: 'Not chosen', empty: 'Nothing has been decided yet, so there is nothing to explain.' },
  error: {
    network: 'The server cannot be reached. What you entered is kept on this page; please try again shortly.',
    http: 'The server did not answer as agreed. Please retry; if it persists, tell your administrator.',
    reference: 'Reference {{reference}}',
    retry: 'Retry',
  },
  simulated: 'Simulated',
  schematic: 'Schematic',
}
