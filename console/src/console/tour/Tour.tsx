import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { advanceClock } from '@/shared/api/city'
import { signIn } from '@/shared/api/identity'
import { setClock } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { useMay, useMe, useSetMe } from '../app/session'
import { prefillCall } from '../hotline/prefill'
import { reconnectLive } from '../live/live'
import { chooseStory, closeTour, endTour, toStep, useTour } from './store'
import { STORIES, type StoryName, type StoryStep } from './stories'
import './tour.css'

/** Two stories, step by step: who does what, and the button that moves the demo's clock. */
export function Tour() {
  const me = useMe()
  const place = useTour()
  if (!place.open || !me.demo) return null
  return <TourCard story={place.story} index={place.step} />
}

function TourCard({ story, index }: { story: StoryName; index: number }) {
  const { t } = useTranslation('console')
  const steps = STORIES[story]
  const step = steps[index]
  if (!step) return null
  const key = `tour.${story}.${step.key}`
  return (
    <aside className="tour" aria-label={t('tour.label')} data-testid="tour">
      <div className="tour-head">
        <Segmented<StoryName>
          size="small"
          aria-label={t('tour.stories')}
          value={story}
          onChange={chooseStory}
          options={[{ value: 'truck', label: t('tour.truck.name') }, { value: 'drain', label: t('tour.drain.name') }]}
        />
        <span className="grow" />
        <Button type="text" size="small" onClick={closeTour} aria-label={t('tour.close')} data-testid="tour-close">
          ×
        </Button>
      </div>
      <p className="meta" data-testid="tour-step">
        {t('tour.step', { step: index + 1, of: steps.length })} · {step.phone ? t('tour.resident', { phone: step.phone }) : t(`tour.who.${step.login}`)}
      </p>
      <h2>{t(`${key}.title`)}</h2>
      <p>{t(`${key}.text`)}</p>
      <StepActs key={`${story}${index}`} step={step} />
      <div className="actions">
        <Button size="small" disabled={index === 0} onClick={() => toStep(index - 1)}>
          {t('tour.back')}
        </Button>
        {index < steps.length - 1 ? (
          <Button size="small" onClick={() => toStep(index + 1)} data-testid="tour-next">
            {t('tour.next')}
          </Button>
        ) : (
          <Button size="small" onClick={endTour} data-testid="tour-end">
            {t('tour.end')}
          </Button>
        )}
      </div>
    </aside>
  )
}

function StepActs({ step }: { step: StoryStep }) {
  const { t } = useTranslation('console')
  const may = useMay()
  const client = useQueryClient()
  const navigate = useNavigate()
  const setMe = useSetMe()
  const enter = useMutation({
    mutationFn: (login: string) => signIn(login, 'chengyun'),
    onSuccess: async (me) => {
      if ('waits' in me) return navigate({ to: '/login', search: { second: me.waits } })
      setMe(me)
      reconnectLive()
      if (step.call) prefillCall(step.call)
      if (step.open === '/hotline') await navigate({ to: '/hotline' })
      else await navigate({ to: '/incidents', search: {} })
    },
  })
  const advance = useMutation({
    mutationFn: advanceClock,
    onSuccess: (view) => {
      setClock(view)
      void client.invalidateQueries()
    },
  })
  return (
    <>
      <div className="actions">
        {step.login && step.open !== 'phone' && (
          <Button type="primary" size="small" loading={enter.isPending} onClick={() => step.login && enter.mutate(step.login)} data-testid="tour-enter">
            {t('tour.enter', { login: step.login })}
          </Button>
        )}
        {step.open === 'phone' && (
          <Button type="primary" size="small" href="/m/" target="_blank">
            {t('tour.phone')}
          </Button>
        )}
        {step.hours && (
          <Button size="small" disabled={!may('clock.advance')} loading={advance.isPending} onClick={() => step.hours && advance.mutate(step.hours)} data-testid="tour-advance">
            {t('tour.advance', { days: step.hours / 24 })}
          </Button>
        )}
      </div>
      {(enter.error ?? advance.error) && <ErrorNote error={enter.error ?? advance.error} />}
    </>
  )
}
