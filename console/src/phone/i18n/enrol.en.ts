/** Setting up the second factor on the phone that is also the authenticator. */
export const enrol = {
  title: 'Set up the second factor', why: 'Your post asks for a second factor: after the password, six digits from an authenticator.', install: 'Install an authenticator on this phone first (any that speaks TOTP).',
  open: 'Open the authenticator', none: 'Nothing happens? Choose “enter a key” in the authenticator and paste:', copy: 'Copy the key', copied: 'Copied', code: 'Six digits from the authenticator', confirm: 'Confirm',
  recovery: 'Recovery codes', recoveryHint: 'If the phone is lost, each code stands in once. Write them down: they are shown only now, and do not keep them on this phone alone.', kept: 'Written down: go on', again: 'Begin again', back: 'Back to sign-in',
}
