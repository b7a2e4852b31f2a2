import { enrol } from './enrol.en'
import { offers } from './offers.en'

import type { zh } from './zh'

export const en: typeof zh = {
  title: { report: 'Report', progress: 'Progress', tasks: 'My tasks', me: 'Me', login: 'Sign in', task: 'Task', track: 'Progress' },
  tab: { report: 'Report', progress: 'Progress', tasks: 'Tasks', me: 'Me' },
  net: { locked: 'What this phone keeps is locked until it has a network. You can still write new reports.', wiped: 'This device was cut off; what it kept has been wiped.', sealed: 'Kept, encrypted', offline: 'Offline', waiting: '{{count}} to upload', open: 'This page is not encrypted (HTTP): drafts are stored in the open' },
  report: {
    photo: 'Photo', addPhoto: 'Add a photo or clip', removePhoto: 'Remove this photo', text: 'What happened?', textHint: 'e.g. the drain at our gate is blocked',
    place: 'Where?', placeHint: 'Search a place or tap the map', here: 'Use my position', locating: 'Finding you…', noPosition: 'No position: search a place or tap the map',
    fixed: 'Position kept ({{lon}} E, {{lat}} N); its grid is found once online', 
    address: 'House number or landmark', addressHint: 'e.g. next to building 3', guess: 'Maybe', phone: 'Phone (optional, to tell you the outcome)', phoneHint: 'You may leave it out',
    hidden: 'Hide who I am from the unit reported on', submit: 'Send', saving: 'Saving…', needText: 'Please say in a few words what happened', needPlace: 'Please choose a place',
    privacy: 'The phone number is only used to tell you the outcome', anonymous: 'Not signed in: this is sent without a name', as: 'Reporting as {{name}}', similar: 'Reported nearby', saved: 'Saved. It is sent as soon as there is a network; you may close this page.',
    another: 'Report another', see: 'See progress',
  },
  stage: { saved: 'Saved', uploaded: 'Uploaded', accepted: 'Accepted', dispatched: 'Dispatched', failed: 'Not sent' },
  moveStage: { saved: 'Saved', uploaded: 'Sending', dispatched: 'Sent', failed: 'Not sent' },
  progress: {
    empty: 'Nothing reported yet. See something? A photo is enough.', local: 'On this phone', mine: 'My reports', retry: 'Retry', discard: 'Delete', confirmDiscard: 'Delete this draft? Photos and text will be lost.',
    waitingLogin: 'Your session ended; sign in again to go on',
  },
  track: {
    promised: 'Promised by {{time}}', holder: 'Now with {{holder}}', messages: 'Messages', rate: 'Are you content?', star: '{{count}} stars', solved: 'It is solved', unsolved: 'Not solved',
    comment: 'Anything to add (optional)', send: 'Send rating', rated: 'You gave {{count}} stars. Thank you!', reopen: 'Not solved: reopen', reopenReason: 'What is not solved?', number: 'Number', copy: 'Copy the link', copied: 'Copied',
    merged: 'Handled with {{number}}; reported by {{count}}', missing: 'Nothing found; the link may be incomplete.', next: 'Next: {{words}}', until: 'by {{time}}', delay: 'Why it takes longer:', newPromise: 'new time: {{time}}', noPromise: 'you will hear of the new time', former: 'Takes up {{number}}, reported before',
    share: 'Share the link', urge: 'Ask to hurry', urged: 'You have asked {{count}} times; again after {{time}}', rateAgain: 'Change the rating', rateUntil: 'may be changed until {{time}}', reopenUntil: 'Possible until {{time}}',
    tooLate: 'The time for reopening ended {{time}}. If it is still there, report it anew; it will be joined to this one.', anew: 'Report anew',
  },
  tasks: {
    due: 'By deadline', distance: 'By distance', empty: 'No tasks now. New ones appear here.', navigate: 'Navigate', reports: '{{count}} reports', login: 'Sign in to see tasks', offline: 'Offline: tasks of {{time}}',
    queued: 'Saved; sent when online', steps: 'History', done: 'Outcome', pickUnit: 'Search a unit', pickPerson: 'Choose a person', photos: 'Photos', fine: 'Fine (yuan)', cancel: 'Cancel', confirm: 'Confirm', required: 'Required',
    role: '{{role}} · {{unit}}',
  },
  need: { reason: 'Reason', note: 'Note', outcome: 'Outcome', unit: 'Unit', person: 'Person', until: 'Until', attachments: 'Photos', measures: 'Fine (yuan)' },
  login: {
    staff: 'Staff', resident: 'Resident', account: 'Account', password: 'Password', submit: 'Sign in', demo: 'Demo accounts (password chengyun)', phone: 'Phone', sendCode: 'Send code', code: 'Code',
    demoCode: 'Simulated message: code {{code}}', failed: 'Sign-in failed', second: 'Code of the second factor', by: 'Sign in by {{name}}',
  },
  me: {
    erase: 'Erase my personal data', erased: '{{erased}} that have ended are erased; {{waiting}} still open will be when they end.', eraseAsk: 'You can no longer be told the outcome, and it cannot be undone.', eraseYes: 'Erase',
    resident: 'resident', signedOut: 'Not signed in', signIn: 'Sign in', signOut: 'Sign out', posts: 'Posts', language: 'Language', elder: 'Large text', storage: 'Offline drafts use {{size}}', install: 'Install: choose "Add to home screen" in the browser menu',
    drafts: '{{count}} not uploaded yet; they stay on this phone for this account only.',
  },
  elder: { on: 'Large text', off: 'Usual text', size: 'Text size', speak: 'Rather speak? Tap the microphone of the keyboard.', call: 'Call 12345' },
  schematic: 'schematic', back: 'Back', loading: 'Loading…', retry: 'Retry',
  enrol,
  offers,
}
