import { Button, Checkbox, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../app/ErrorNote'
import { CategorySelect } from '../moves/CategorySelect'
import type { Call, Missing } from './call'
import { ChainReadBack } from './ChainReadBack'
import { Guesses } from './Guesses'
import { PlaceSearch } from './PlaceSearch'

interface Props {
  call: Call
  set: (change: Partial<Call>) => void
  submit: () => void
  busy: boolean
  error: unknown
  missing: Missing[]
}

/** The fields in the order of a call: who, what, where. */
export function CallForm({ call, set, submit, busy, error, missing }: Props) {
  const { t } = useTranslation('console')
  const wrong = (name: Missing) => missing.includes(name) && <p className="field-wrong">{t(`hotline.wrong.${name}`)}</p>
  return (
    <form
      className="card call-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div className="card-head">
        <h1>{t('hotline.title')}</h1>
        <span className="meta">
          <kbd>Tab</kbd> {t('hotline.nextField')} · <kbd>Ctrl Enter</kbd> {t('hotline.send')}
        </span>
      </div>
      <div className="call-who">
        <label>
          <span>{t('hotline.phone')}</span>
          <Input autoFocus inputMode="tel" value={call.phone} onChange={(event) => set({ phone: event.target.value })} data-testid="call-phone" />
        </label>
        <label>
          <span>{t('hotline.name')}</span>
          <Input value={call.name} onChange={(event) => set({ name: event.target.value })} data-testid="call-name" />
        </label>
      </div>
      {wrong('phone')}
      <Checkbox checked={call.hidden} onChange={(event) => set({ hidden: event.target.checked })} data-testid="call-hidden">
        {t('hotline.hidden')}
      </Checkbox>
      <label>
        <span>{t('hotline.text')}</span>
        <Input.TextArea autoSize={{ minRows: 4, maxRows: 10 }} maxLength={2000} value={call.text} onChange={(event) => set({ text: event.target.value })} data-testid="call-text" />
      </label>
      {wrong('text')}
      <div className="call-category">
        <label>
          <span>{t('need.category')}</span>
          <CategorySelect value={call.category} onChange={(category) => set({ category, decided: category !== undefined })} />
        </label>
        <Guesses call={call} set={set} />
      </div>
      <label>
        <span>{t('hotline.place')}</span>
        <PlaceSearch set={set} />
      </label>
      <ChainReadBack lon={call.lon} lat={call.lat} />
      {wrong('place')}
      <label>
        <span>{t('hotline.address')}</span>
        <Input value={call.address} onChange={(event) => set({ address: event.target.value })} placeholder={t('hotline.addressHint')} data-testid="call-address" />
      </label>
      {call.joins && <p className="meta" role="status" data-testid="joins">{t('duplicates.joined', { number: call.joins.number })}</p>}
      {error ? <ErrorNote error={error} /> : null}
      <Button type="primary" htmlType="submit" loading={busy} data-testid="call-send">
        {t('hotline.send')} <kbd>Ctrl Enter</kbd>
      </Button>
    </form>
  )
}
