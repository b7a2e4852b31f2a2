export const exchange = {
  title: 'Interfaces', active: 'Active', paused: 'Paused', pause: 'Pause', resume: 'Resume', rotate: 'New secret', rotateAsk: 'Change the secret? The old one stays valid for 24 hours.', end: 'Delete', endAsk: 'This cannot be undone. Delete?',
  secret: 'Copy the secret now; it is shown only this once:', region: 'Region', name: 'Name', by: 'made by {{name}}', add: 'New', close: 'Close',
  why: { person: 'paused by somebody', gone: 'the receiver is gone (410)', failing: 'nothing delivered for a day', creator: 'its maker holds no post' },
  out: {
    title: 'Webhooks', hint: 'Tell other systems of changes; never more than their maker may see', none: 'No webhooks yet. A new one hears of every change in its region.', url: 'Address', types: 'Events',
    test: 'Send a test', tested: 'The test is in line; see the log below', health: '{{pending}} waiting · {{dead}} given up · {{failures}} failures in a row', lastOk: 'last delivered {{time}}', never: 'nothing delivered yet', log: 'Log', form: 'New webhook',
  },
  type: { opened: 'reported', moved: 'moved', closed: 'closed', test: 'test' },
  log: {
    title: 'Delivery log', hint: 'kept for 30 days', all: 'All webhooks', anyState: 'Any state', none: 'Nothing matches.', more: 'Earlier', attempts: 'Attempt {{n}}', again: 'Send again', againDone: 'In line', detail: 'Delivery', waits: 'next {{time}}',
    subscription: 'Webhook', state: 'State', noAttempt: 'Not sent yet.', noResult: 'Sent, the result was not noted; sent again', status: 'answer {{status}}', took: '{{ms}} ms', move: 'Move', event: 'Event id',
    states: { pending: 'waiting', delivered: 'delivered', dead: 'given up', withheld: 'out of scope' },
  },
  in: {
    title: 'Sources', hint: 'Other systems report by signed messages', none: 'No sources yet.', slug: 'Name in the address', slugRule: 'lower-case letters, digits and hyphens, 2–50', mapping: 'Mapping', form: 'New source', address: 'Address', health: '{{accepted}} taken in · {{refused}} refused',
    lastIn: 'last {{time}}', never: 'nothing yet', refusal: 'last refused {{time}}',
  },
  open: { title: 'Published categories', hint: 'Everybody may look these up: category, state, unit, rough position and the text with personal data masked; no address, no notes', none: 'Nothing is published.', categories: 'Categories', save: 'Save', saved: 'Saved' },
}
