import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, type MenuProps } from 'antd'
import { useEffect, useState, type ReactElement, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { changePost, signOut } from '@/shared/api/identity'
import { ButtonMenu } from '../app/ButtonMenu'
import { useMe, useSetMe } from '../app/session'
import { reconnectLive } from '../live/live'
import { openTour } from '../tour/store'

/** What is done with one's own account; opened once it is there, because somebody has asked for it. */
export function AccountDropdown({ openHelp, children }: { openHelp: () => void; children: ReactElement<{ ref?: Ref<HTMLButtonElement> }> }) {
  const { t } = useTranslation('console')
  const me = useMe()
  const setMe = useSetMe()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOpen(true)) // the click that asked for it is on its way still, and would close it
    return () => clearTimeout(timer)
  }, [])
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
  const items: NonNullable<MenuProps['items']> = [
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
    <ButtonMenu items={items} open={open} onOpenChange={setOpen}>
      {children}
    </ButtonMenu>
  )
}
