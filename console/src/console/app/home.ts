interface Reader {
  post?: { role: string } | null
  permissions: string[]
}

/** Where somebody's work is: the page behind `/`. */
export function homeOf(me: Reader | null) {
  if (me?.post?.role === 'wall') return '/wall' as const
  if (me?.post?.role === 'hotline') return '/hotline' as const
  if (!me || me.permissions.includes('incident.read')) return '/incidents' as const
  return me.permissions.includes('admin.people') ? ('/admin' as const) : ('/settings' as const)
}
