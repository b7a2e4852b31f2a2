export const admin = {
  label: 'Administration', undo: 'Undo', undone: 'Undone', save: 'Save', saved: 'Saved', more: 'More',
  nav: { people: 'People and posts', units: 'Units', tokens: 'API tokens', sessions: 'Sessions', rules: 'Rules and calendar', changes: 'Changes and undo', audit: 'Audit' },
  person: {
    new: 'New person', made: 'Person made', name: 'Name', login: 'Login', posts: 'Posts', state: 'State', seen: 'Last used', role: 'Role', active: 'Active', inactive: 'Switched off',
    noPost: 'No post now', none: 'Nobody matches. Try a part of the name, pinyin initials, or include who is switched off.', search: 'Name, login, pinyin or initials', withInactive: 'Include switched off', firstPassword: 'First password',
    passwordHint: 'At least 8 characters; left empty, nobody can sign in by password yet.', access: 'Sign-in and security', newPassword: 'New password', setPassword: 'Set password', passwordSet: 'Password set; their sessions ended',
    resetFactor: 'Reset second factor', factorAsk: 'They will see it in their security record; their sessions end.', factorReset: 'Second factor reset',
  },
  post: { unit: 'Unit', role: 'Role', from: 'From', to: 'Until', give: 'Give a post', given: 'Post given', end: 'End', ended: 'Post ended', endAsk: 'End this post now? Its rights end with it.' },
  account: { title: 'Accounts at sign-in providers', issuer: 'Issuer', subject: 'Subject', link: 'Link', linked: 'Linked', unlink: 'Unlink', unlinked: 'Unlinked' },
  seat: {
    hint: 'Browsers and phones that are signed in within your jurisdiction. After ending a session one signs in again; cutting a lost device off makes what it keeps unreadable, and it wipes itself on its next contact.', ended: 'Session ended', lost: 'Lost: cut off',
    lostAsk: 'Cut this device off? Drafts that it has not sent go too.', offline: 'Offline data', waits: 'Second step to come', none: 'Nobody is signed in.',
  },
  change: { none: 'There is no change yet.', undone: 'Undone', isUndo: 'Undo' },
  unit: {
    new: 'New unit', rename: 'Rename', merge: 'Merge', name: 'Name', kind: 'Kind', region: 'Region', into: 'Into which unit', members: 'People', search: 'By name', none: 'There are no units here.',
    mergeHint: '{{name}} ends; its posts and open work orders go to another unit.',
  },
  audit: {
    hint: 'Rows that concern your jurisdiction. Every search is itself on the record.', export: 'Export the whole chain', search: 'Search', at: 'Time', who: 'Who', whoId: 'Person number {{id}}', person: 'Person', personHint: 'Name or account', action: 'Act', actionHint: 'All acts', begins: 'Acts whose code begins with {{action}}', subject: 'Subject', subjectHint: 'All subjects', subjectId: 'Subject number', detail: 'Detail',
    since: 'From', until: 'To', none: 'No rows match.', system: 'the system', sealed: 'link {{seq}}', unsealed: 'not sealed yet',
  },
}

export const factor = {
  title: 'Second factor', on: 'Second factor', off: 'Off', required: 'Your post asks for a second factor.', hint: 'Beside the password you enter six digits of an authenticator app.', begin: 'Set up', scan: 'Scan the picture with an authenticator app, then enter the six digits that it shows.',
  manual: 'If you cannot scan, type this secret:', code: 'Code', confirm: 'Confirm', wrong: 'The code is wrong', again: 'Enter the code of your second factor again', since: 'Since {{time}}', left: '{{count}} recovery codes left',
  recovery: 'Recovery codes', recoveryHint: 'Each stands in for a code once when your phone is not at hand. Write them down; they are shown this once.', kept: 'I have them', renew: 'New recovery codes', drop: 'Switch off', dropAsk: 'The password alone will open your account.', done: 'Second factor is on',
  enter: 'Enter the six digits of your authenticator app, or a recovery code.', back: 'Back', security: 'Security record', securityNone: 'Nothing yet.',
  event: {
    login: 'Signed in', login_first_step: 'Password right, second step to come', login_failed: 'Sign-in failed', login_locked: 'Sign-in locked', password_changed: 'Password changed', password_reset: 'Password set by an administrator', factor_enrolled: 'Second factor set up',
    factor_failed: 'Wrong code', factor_recovery_used: 'Recovery code used', factor_codes_renewed: 'New recovery codes', factor_dropped: 'Second factor switched off', factor_reset: 'Second factor reset by an administrator', factor_returned: 'Second factor returned by an administrator',
    account_linked: 'Account linked', account_unlinked: 'Account unlinked', other: 'Other',
  },
}

export const signin = {
  by: 'Sign in by {{name}}',
  problem: {
    oidc_no_account: 'This account is not linked to a person here. Please ask an administrator.', oidc_expired: 'The sign-in took too long or began in another browser. Please sign in again.', oidc_refused: 'The answer of the provider could not be verified. Please sign in again.',
    oidc_unreachable: 'The sign-in provider cannot be reached. Try later, or sign in by password.', oidc_cancelled: 'The sign-in was cancelled.', login_no_post: 'This account holds no post at present. Please ask an administrator.', other: 'The sign-in did not succeed. Please try again.',
  },
  lost: 'Lost: cut off', lostAsk: 'Cut this device off? What it keeps can no longer be read, and it wipes itself on its next contact.',
}
