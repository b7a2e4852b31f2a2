import type { callbacks as zhCallbacks, supervision as zhSupervision } from './supervision.zh'

export const supervision: typeof zhSupervision = {
  title: 'Supervision', arbitration: 'Arbitration', tabs: 'Reasons', label: 'Incidents to supervise',
  tab: { overdue: 'Overdue', bouncing: 'Bouncing', forgotten: 'Forgotten', redone: 'Reopened', urged: 'Urged', supervised: 'Supervised' },
  search: 'Number, title, place', rule: 'Shown when: {{rule}}', levels: 'Level', holder: 'with {{name}}', mark: 'Select {{number}}', open: 'Open', decide: 'Decide',
  empty: 'Nothing here now', emptyText: 'The list follows what happens; choose another reason, or take the filters off.', clear: 'Take filters off', more: 'More', fresh: '{{count}} new', marked: '{{count}} selected',
  gone: 'no longer here', done: 'Done', hours: 'in {{count}} hours', tomorrow: 'tomorrow', until: 'Answer due', note: 'What is asked', send: 'Confirm', cancel: 'Cancel', failed: 'Not done: {{message}}',
  press: { supervise: 'Supervise', supervise_accept: 'Accept the answer', supervise_refuse: 'Refuse the answer', supervise_reply: 'Answer', urge: 'Urge', seek_arbitration: 'Take to arbitration' },
  field: { note: 'Note', reason: 'Reason', until: 'Until' },
  chip: { owed: 'Supervised, answer by {{time}}', late: 'Answer overdue', answered: 'Answered, waits for a verdict' },
  owed: 'Supervised by {{centre}}', due: 'answer by {{time}}', reply: 'Answer', times: 'time {{count}}', refusals: 'refused {{count}} times', binding: 'Decided: cannot be returned',
  former: 'Takes up',
  case: {
    none: 'Nothing waits for the decision of this centre', noneText: 'After three returns or refusals, or when a centre below asks for it, an incident comes here.', pick: 'Choose one on the left', sides: 'Both sides', nothing: 'no reason given',
    matrix: 'Duty matrix', clause: 'clause {{clause}}', lead: 'lead', assist: 'assist', noMatrix: 'The duty matrix does not name this category', precedents: 'Earlier decisions', pair: 'same sides', none_before: 'Nothing of this category was decided before',
    decided: 'for {{name}}', outcome: 'now: {{state}}', stars: '{{count}} stars', asked: 'Taken here by', counts: '{{returns}} returns, {{refusals}} refusals', areas: 'Both areas and the place', decide: 'Decide',
    level: { city: 'city', district: 'district', town: 'town', village: 'village' },
  },
}

export const callbacks: typeof zhCallbacks = {
  title: 'Call back', take: 'Enter a call', due: 'To call', made: 'Calls made', count: '{{count}} in all', empty: 'Nobody is to be called', emptyText: 'The dissatisfied, those who phoned and did not rate, and a sample come here after closing.', nothing: 'No calls lately',
  reason: 'Why', closed: 'closed {{time}}', outcome: 'Outcome', tries: 'called {{count}} times in vain', rated: 'rated {{count}} stars', call: 'Show the number', callReason: 'call back', record: 'Record the call', reached: 'Reached', unreached: 'Not reached',
  stars: 'Satisfaction', star: '{{count}} stars', solved: 'Is it solved?', yes: 'Solved', no: 'Not solved', words: 'What they said', reopen: 'Reopen it', reopenHint: 'possible until {{time}}', tooLate: 'Too late to reopen: enter a new call', save: 'Save', saved: 'Recorded', answer: 'Result of the call',
}
