/** Every page of the administration in the order of its side navigation; a page shows where the post has its permission. */
export const ADMIN_PAGES = [
  { to: '/admin/tokens', name: 'tokens', permission: 'admin.tokens' },
] as const

type AdminPage = (typeof ADMIN_PAGES)[number]

export const pagesFor = (may: (permission: string) => boolean): AdminPage[] => ADMIN_PAGES.filter((page) => may(page.permission))
