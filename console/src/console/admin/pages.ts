/** Every page of the administration in the order of its side navigation; a page shows where the post has its permission. */
export const ADMIN_PAGES = [
  { to: '/admin/people', name: 'people', permission: 'admin.people' },
  { to: '/admin/units', name: 'units', permission: 'admin.units' },
  { to: '/admin/tokens', name: 'tokens', permission: 'admin.tokens' },
  { to: '/admin/sessions', name: 'sessions', permission: 'admin.people' },
  { to: '/admin/rules', name: 'rules', permission: 'rules.read' },
  { to: '/admin/changes', name: 'changes', permission: 'admin.people' },
  { to: '/admin/audit', name: 'audit', permission: 'audit.read' },
] as const

type AdminPage = (typeof ADMIN_PAGES)[number]

export const pagesFor = (may: (permission: string) => boolean): AdminPage[] => ADMIN_PAGES.filter((page) => may(page.permission))
