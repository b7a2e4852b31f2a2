import { admin, factor, signin } from './admin.en'
import { alarms } from './alarms.en'
import { auditNames } from './audit.en'
import { rules } from './rules.en'
import { checkup } from './checkup.en'
import { classification } from './classification.en'
import { duplicates } from './duplicates.en'
import { evaluation } from './evaluation.en'
import { exchange } from './exchange.en'
import { people } from './people.en'
import { callbacks, supervision } from './supervision.en'
import { things } from './things.en'
import { tour } from './tour.en'
import { risk } from './risk.en'
import { vitals } from './vitals.en'

export const en = {
  missing: { title: 'No such page', text: 'The address may be wrong, or the page has moved.', home: 'Go home' },
  words: { metres: '{{value}} m', kilometres: '{{value}} km' },
  shell: {
    brand: '城运', skip: 'Skip to content', normalMode: 'Normal', search: 'Incidents, places, commands…',
    linkDown: 'Live link down', linkDownHint: 'Reconnecting; lists still refresh from time to time.', clockHint: 'City time (Beijing)',
    onDutySince: 'on duty since {{time}}', offDuty: 'off duty', takeDuty: 'Go on duty?', leaveDuty: 'Go off duty?',
    takeDutyText: 'You will be on duty at this centre and hear its alerts.', leaveDutyText: 'With nobody on duty, new alerts go to the centre above at once.',
    yes: 'Yes', no: 'Cancel', actAs: 'Act as: {{post}}', tour: 'Demo tour', keys: 'Keyboard', settings: 'Settings', signOut: 'Sign out',
    title: 'Chengyun', titleAlert: '({{count}}) unacknowledged · Chengyun',
  },
  rail: {
    label: 'Pages', incidents: 'Incidents', alarms: 'Alarms', risk: 'Risks', supervision: 'Supervise', hotline: 'Report', handover: 'Handover', evaluation: 'Evaluation', things: 'Things', vitals: 'Signs', checkup: 'Health report', wall: 'Wall', exchange: 'Interfaces', admin: 'Admin', settings: 'Settings',
    mark: { incidents: 'I', alarms: '!', risk: 'R!', supervision: 'S', hotline: 'R', handover: 'H', evaluation: 'E', things: 'T', vitals: 'V', checkup: 'H', wall: 'W', exchange: 'X', admin: 'A', settings: 'S' },
  },
  alerts: { chip: 'Unacknowledged', title: 'Urgent and unacknowledged', acknowledge: 'Acknowledge', spoken: '{{count}} urgent incidents are unacknowledged' },
  keys: {
    title: 'Keyboard', move: 'next / previous', select: 'mark for bulk actions', next: 'take the proposed next step', open: 'open the incident', acknowledge: 'acknowledge the alert',
    pin: 'pin or unpin', fresh: 'show new incidents', back: 'back, cancel', palette: 'search and commands', help: 'this list', send: 'send a form',
  },
  palette: {
    label: 'Search and commands', hint: 'number, title, place or command; pinyin initials work', results: 'Results', none: 'Nothing found. Try pinyin initials or part of a place.',
    command: 'Command', incident: 'Incident', place: 'Place', goIncidents: 'Open incidents', goOverdue: 'Show overdue', goAccept: 'Show what is to accept',
    goHotline: 'Take a report', goHandover: 'Hand over', goSupervision: 'Open supervision', goArbitration: 'Open the arbitration desk', goCallbacks: 'Call back', goEvaluation: 'Open evaluation', goRisk: 'Open the map of risks', goVitals: 'Look up a vital sign', goWall: 'Open the wall', goSettings: 'Open settings', openTour: 'Open the demo tour', switchTheme: 'Day or night', switchLanguage: 'Change language',
  },
  counts: {
    label: 'Filter by count', to_accept: 'To accept', to_verify: 'To verify', to_dispatch: 'To dispatch', handling: 'In handling', overdue: 'Overdue', to_check: 'To check',
    closed_today: 'Closed today', on_time: 'Closed on time', thisMonth: 'this month', transfers_in: 'Transferred in', arbitrating: 'To arbitrate',
  },
  filters: {
    search: 'Number, title, address', mine: 'My unit’s work orders', visible: 'All I may see', own: 'My centre', below: '{{name}} and below', open: 'Open', add: 'Filter', total: '{{count}} incidents', move: 'move', mark: 'mark', keys: 'all keys',
    sort: { urgency: 'Urgency', due: 'Deadline', newest: 'Newest' }, lamp: { red: 'Overdue', yellow: 'Due soon' }, alert: 'Unacknowledged', category: 'Category {{code}}',
    takeOff: 'Take off filter: {{name}}', level: 'Level', state: 'State', channel: 'Channel', deadline: 'Deadline', any: 'Any', categoryName: 'Category', region: 'Region', withClosed: 'With closed ones',
  },
  queue: {
    label: 'Incidents', fresh: '{{count}} new', more: 'Load more', pinned: 'Pinned', reports: '{{count}} reports', overdue: 'overdue', returns: 'returned {{count}}×',
    unacknowledged: 'Unacknowledged', gone: 'changed', empty: 'Nothing needs handling now', emptyText: 'New incidents will show up here with a note.', emptyFiltered: 'Nothing matches these filters',
    emptyFilteredText: 'Widen the filters or clear them all.', clearFilters: 'Clear filters',
  },
  bulk: {
    label: 'Bulk actions', marked: '{{count}} marked', clear: 'Unmark', note: 'Note (optional)', accept: 'Accept', verify: 'Verify', file: 'File', dispatch: 'Dispatch as proposed',
    check_pass: 'Check passed', close: 'Close', urge: 'Urge', alert_ack: 'Acknowledge', pin: 'Pin', held: '“{{name}}” for {{count}} in {{left}} s', undo: 'Undo', now: 'Do it now',
    done: '{{ok}} done, {{failed}} not', ok: 'done', failed: 'not done', dismiss: 'OK',
  },
  peek: { close: 'Close', proposed: 'Proposed dispatch', basis: 'Why:', open: 'Open incident', pin: 'Pin', unpin: 'Unpin', noMoves: 'Nothing for you to do now; held by {{holder}}.' },
  moves: { forward: 'Verify and dispatch', more: 'More', cancel: 'Cancel', done: '{{move}}: now “{{state}}”', changed: 'Somebody just acted on this incident; it was refreshed, please look again.' },
  need: {
    reason: 'Reason', note: 'Note', outcome: 'Outcome', category: 'Category', level: 'Level', units: 'Units', to_centre: 'To', until: 'Until', attachments: 'Photos or clips',
    place: 'Where the new one lies', into: 'Merge into', reports: 'Reports', person: 'Person', unit: 'Unit', measures: 'Fine', stars: 'Stars', solved: 'Solved', reply: 'Reply',
  },
  choice: { yes: 'Yes', no: 'No' },
  fields: {
    required: 'Please fill in: {{name}}', categoryHint: 'name, pinyin initials or code', regionHint: 'type a name or pinyin', unitHint: 'type a unit’s name or pinyin', personHint: 'choose a person',
    addPhotos: 'Add photos', photoAlt: 'uploaded photo', yuan: 'yuan',
  },
  dispatch: {
    role: 'Role', none: 'No unit chosen yet.', load: '{{count}} open', onDuty: '{{count}} on duty', rejected: 'Not chosen', drop: 'Remove {{unit}}', use: 'Use', basis: 'Why', rule: 'Rule {{rule}}', trace: '{{count}} comparisons',
  },
  map: { label: 'Map of incidents', schematic: 'borders below district are schematic', failed: 'This browser cannot show the map; lists and forms work without it.' },
  incident: {
    print: 'Print', noCategory: 'no category', reports: '{{count}} reports', occurred: 'Occurred {{time}}', border: '{{distance}} to the grid border, territory version {{version}}', outcome: 'Outcome', rulebook: 'Rules in force: {{versions}}',
  },
  timeline: { title: 'History', stage: 'limit: {{stage}}', all: 'All', people: 'People', system: 'System', newest: 'newest first', oldest: 'in order', empty: 'Nothing of this kind.' },
  evidence: {
    title: 'Evidence', verified: 'hash verified', unverified: 'hash differs', alt: 'evidence photo {{index}}', clip: 'evidence clip', hash: 'hash {{hash}}', camera: 'agrees with the camera', blur: 'Blur', blurAgain: 'Blur again',
    add: 'Add', added: '{{count}} pieces of evidence added', sending: 'Uploading…', empty: 'No photos or clips.',
  },
  blur: { proposed: '{{count}} proposed: check each, remove what is wrong, add what is missing.', roughFaces: 'The search for faces misses those that are turned, covered or dark: look for yourself, and draw what is missing.', remove: 'Remove box {{index}}', title: 'Blur for the public', hint: 'Drag boxes over faces and plates. The public sees the blurred copy; the original stays as evidence.', undo: 'Undo a box', save: 'Save {{count}} boxes', picture: 'photo to blur' },
  orders: { title: 'Work orders {{count}}', add: 'Add', empty: 'Not dispatched to any unit yet.', issued: 'issued {{time}}', acknowledged: 'acknowledged {{time}}', done: 'reported back {{time}}', fine: 'fine {{yuan}} yuan' },
  nearby: { title: 'Nearby', map: 'map of the surroundings', onDuty: 'on duty', offDuty: 'in the grid' },
  reporters: {
    erase: 'Erase personal data', title: 'Reports {{count}}', hidden: 'asks to stay hidden from the unit reported on', spam: 'suspected abuse', contact: 'Show contact', markSpam: 'Mark as abuse', notSpam: 'Unmark', block: 'Block', ok: 'OK',
    ask: { contact: 'Show contact', spam: 'Mark as abuse', block: 'Block this reporter', erase: 'Erase personal data' },
    note: { contact: 'This is written to the audit; say what for.', spam: 'Say why; it can be undone.', block: 'No reports from them for {{days}} days; say why.', erase: 'The contact goes at once and personal data in texts is masked; while the incident is open, as soon as it has ended. It cannot be undone; the reason is audited.' },
  },
  login: { show: 'Show', hide: 'Hide',
    page: 'Sign in · Chengyun', title: 'City operations and governance', subtitle: 'City, districts and towns acting together', login: 'Login', password: 'Password', loginMissing: 'Please enter a login', passwordMissing: 'Please enter a password', enter: 'Sign in',
    phone: 'Phone app for residents and grid workers', demo: 'Demo accounts', demoHint: 'click to sign in', stories: 'Four things to try first',
    story: {
      truck: { title: 'The muck truck.', text: 'Banan takes the report and transfers it; Jiulongpo verifies and dispatches to two bureaus and the Shiqiaopu team.' },
      drain: { title: 'The blocked drain.', text: 'A resident of Zhaiziping reports by phone, the grid worker handles it, the resident rates.' },
      duty: { title: 'A shift.', text: 'Sign in as Jiulongpo’s duty officer, work the queue by keyboard, hand over at the end.' },
      resident: { title: 'Report something.', text: 'On the phone app with any number; drafts are kept without a network.' },
    },
  },
  hotline: {
    title: 'Take a report', nextField: 'next field', send: 'Send', phone: 'Phone', name: 'Name', hidden: 'Hide from the unit reported on', text: 'What is reported', place: 'Place', placeHint: 'place, road, estate; pinyin initials work',
    address: 'Exact place', addressHint: 'number, crossing, landmark', missing: 'Some fields are still missing', wrong: { text: 'Please write what is reported.', place: 'Please search a place or click on the map.', phone: 'Digits, spaces and dashes only.' },
    guess: 'Perhaps', guessWhy: 'hits: {{words}}', guessNone: 'Likely categories appear as you write.', noPin: 'Choose a place to see its district, town, community and grid, and read them back.',
    border: '{{distance}} to the grid border', nearBorder: 'close to {{name}}', map: 'map to choose a place', similar: 'Similar nearby', similarHint: 'one month, within 600 m, the likeliest first', similarWait: 'Shown once a place is chosen.',
    similarNone: 'Nothing nearby that could be the same.', readAloud: 'Read aloud:', tracking: 'Tracking link', sentBefore: 'This report had been sent before; the number is the same.', next: 'Next report',
  },
  handover: {
    title: 'Handover of {{centre}}', span: '{{since}} to {{until}}', attention: 'What the next shift must know', attentionHint: 'What is ticked will be pinned.', take: 'Hand over: {{title}}', quiet: 'Nothing overdue, pinned or urgent.',
    notes: 'Notes', notesHint: 'What numbers cannot say: whose answer is awaited, what to look at again', confirm: 'Sign the handover?', confirmText: 'It cannot be edited afterwards.', sign: 'Sign', signed: 'Handed over', onDuty: 'On duty: {{names}}',
    past: 'Earlier handovers', pastNone: 'None yet.', by: 'by {{name}}',
  },
  settings: {
    looks: 'Looks and sounds', language: 'Language', theme: 'Theme', light: 'Day', dark: 'Night', sound: 'Urgent sound', on: 'On', off: 'Off', soundTest: 'Test', soundHeard: 'Played; check the volume if you heard nothing.',
    soundRefused: 'The browser does not allow sound yet; click anywhere and try again.', demo: 'Demo controls', simulator: 'Simulated city', running: 'Running', stopped: 'Stopped', clock: 'Demo clock', advance: '+{{hours}} h',
    sessions: 'Signed-in browsers', unknownAgent: 'unknown browser', seen: 'seen {{time}}', thisOne: 'this one', end: 'End', password: 'Password', passwordHint: 'other browsers will be signed out', oldPassword: 'Old', newPassword: 'New',
    change: 'Change', passwordChanged: 'Password changed', tokens: 'API tokens', tokensHint: 'for other systems; never more than their issuer may', tokensNone: 'None yet.', until: 'until {{time}}', used: 'last used {{time}}',
    revoked: 'revoked', revoke: 'Revoke', revokeAsk: 'Revoke this token now?', secret: 'Copy it now, it is shown once:', tokenName: 'Purpose', tokenPermissions: 'Permissions', tokenRegion: 'Region', tokenDays: 'Days', issue: 'Issue',
    post: 'My post', permissions: 'Permissions: {{names}}',
  },
  permission: {
    thing_read: 'read things', thing_write: 'manage things', reading_write: 'send readings', sign_read: 'read vital signs', sign_edit: 'edit vital signs', number_write: 'enter figures', alarm_handle: 'handle alarms',
    evaluation_read: 'read the evaluation', evaluation_people: 'evaluate people', evaluation_export: 'export the evaluation',
    rules_read: 'Read rules', rules_edit: 'Edit rules', rules_publish: 'Publish rules',
    incident_read: 'read incidents', incident_report: 'report', incident_accept: 'accept', incident_verify: 'verify', incident_file: 'file', incident_dispatch: 'dispatch', incident_transfer: 'transfer',
    incident_escalate: 'escalate', incident_check: 'check', incident_merge: 'Merge', incident_close: 'close', incident_void: 'void', incident_suspend: 'ask to suspend', incident_approve: 'approve suspension', incident_arbitrate: 'arbitrate',
    incident_supervise: 'supervise', incident_urge: 'urge', incident_reopen: 'reopen', workorder_read: 'read work orders', workorder_handle: 'handle work orders', attachment_read: 'read attachments', attachment_write: 'upload attachments',
    attachment_blur: 'blur', reporter_contact: 'see contacts', personal_read: 'read personal data', personal_erase: 'erase personal data', reporter_block: 'block reporters', region_read: 'read regions', unit_read: 'read units', person_read: 'read people', handover_write: 'hand over',
    audit_verify: 'verify audit', audit_witness: 'witness audit', audit_read: 'search the audit', admin_people: 'manage people', admin_units: 'manage units', exchange_manage: 'manage interfaces', admin_tokens: 'manage tokens', clock_advance: 'move the demo clock', simulate: 'control the simulation', classification_manage: 'manage learned categories',
  },
  wall: {
    title: '{{name}} city operations and governance centre', territory: '{{districts}} districts · {{towns}} towns · {{grids}} grids', live: 'Incidents', figures: 'Now', districts: 'Districts with most open incidents', districtsSource: 'Unit: incidents, open now; red: overdue; source: this platform',
    level: { red: 'R', orange: 'O', yellow: 'Y', blue: 'B' },
  },
  admin,
  people,
  factor,
  signin,
  rules,
  checkup,
  classification,
  evaluation, vitals, risk,
  callbacks,
  supervision,
  alarms,
  tour, auditNames,
  duplicates,
  exchange,
  things,
}
