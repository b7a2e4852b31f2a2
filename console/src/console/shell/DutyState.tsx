import { useMutation } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { readMe, setDuty } from '@/shared/api/identity'
import { clockTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { useMe, useSetMe } from '../app/session'

/** On duty or not, since when; one click changes it. */
export function DutyState() {
  const { t } = useTranslation('console')
  const me = useMe()
  const setMe = useSetMe()
  const { message } = App.useApp()
  const change = useMutation({
    mutationFn: async (on: boolean) => {
      await setDuty(on)
      return readMe()
    },
    onSuccess: setMe,
    onError: (error) => void message.error(error.message),
  })
  if (!me.centre || !me.permissions.includes('handover.write')) return <span className="duty">{me.post?.role_name}</span>
  const words = me.on_duty
    ? `${me.post?.role_name ?? ''} · ${t('shell.onDutySince', { time: me.shift_since ? clockTime(me.shift_since, false) : '' })}`
    : `${me.post?.role_name ?? ''} · ${t('shell.offDuty')}`
  return (
    <Ask
      title={t(me.on_duty ? 'shell.leaveDuty' : 'shell.takeDuty')}
      description={t(me.on_duty ? 'shell.leaveDutyText' : 'shell.takeDutyText')}
      onConfirm={() => change.mutate(!me.on_duty)}
      okText={t('shell.yes')}
      cancelText={t('shell.no')}
    >
      <Button type="text" className="duty" loading={change.isPending} data-testid="duty">
        {words}
      </Button>
    </Ask>
  )
}
