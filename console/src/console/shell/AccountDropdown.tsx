import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, Dropdown, type MenuProps } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { changePost, signOut } from '@/shared/api/identity'
import { useMe, useSetMe } from '../app/session'
import { reconnectLive } from '../live/live'
import { openTour } from '../tour/store'

/** What is done with one's own account; opened as soon as it is there, because somebody has asked for it. */
export function AccountDropdown({ openHelp, children }: { openHelp: () => void; children: ReactNode }) {
  const { t } = useTranslation('console')
  const me = useMe()
  const setMe = useSetMe()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setOpen] = useState(true)
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate({ to: '/login', search: {} })
      setMe(null)
      reconnectLive()
    },
    onError: (error) => void message.error(error.message),
  })
  const become = useMutation({
    mutationFn: changePost,
    onSuccess: async (fresh) => {
      setMe(fresh)
      reconnectLive()
      await navigate({ to: '/' })
    },
    onError: (error) => void message.error(error.message),
  })
  const items: MenuProps['items'] = [
    { key: 'who', label: `${me.name} · ${me.post?.unit.name ?? ''}`, disabled: true },
    ...me.posts
      .filter((post) => post.id !== me.post?.id)
      .map((post) => ({ key: `post-${post.id}`, label: t('shell.actAs', { post: `${post.unit.name} ${post.role_name}` }), onClick: () => become.mutate(post.id) })),
    { type: 'divider' },
    ...(me.demo ? [{ key: 'tour', label: t('shell.tour'), onClick: openTour }] : []),
    { key: 'keys', label: t('shell.keys'), onClick: openHelp },
    { key: 'settings', label: t('shell.settings'), onClick: () => void navigate({ to: '/settings' }) },
    { key: 'leave', label: t('shell.signOut'), onClick: () => leave.mutate() },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']} open={open} onOpenChange={setOpen}>
      {children}
    </Dropdown>
  )
}
