export const admin = {
  label: 'Administration',
  nav: { people: 'People and posts', units: 'Units', tokens: 'API tokens', sessions: 'Sessions', changes: 'Changes and undo', audit: 'Audit' },
}
