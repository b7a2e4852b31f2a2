import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { guessCategory } from '@/shared/api/incidents'
import type { ReportIn } from '@/shared/api/types'
import { percent } from '@/shared/percent'
import { go } from '../app/route'
import { isStaff, nameOf, ownerOf, useSession } from '../app/session'
import { useDebounced } from '@/shared/useDebounced'
import { flush, save } from '../drafts/queue'
import type { TakenPhoto } from '../drafts/photos'
import { OfferCards } from '../parts/OfferCards'
import { SpeakHint } from '../parts/ElderHelp'
import { PhotoPicker } from '../parts/PhotoPicker'
import { PlacePicker, type Chosen } from '../parts/PlacePicker'

const PHONE = /^1[3-9]\d{9}$/

/** The earlier report that this one takes up again, as its tracking page names it in the address. */
function formerOf(): { token: string; number: string; place: Chosen } | null {
  const given = new URLSearchParams(location.search)
  const [token, number, lon, lat] = [given.get('former'), given.get('number'), Number(given.get('lon')), Number(given.get('lat'))]
  return token && number && lon && lat ? { token, number, place: { lon, lat, by: 'map' } } : null
}

/** A photo, a few words, a place: everything else is optional and nothing is lost. */
export function ReportPage() {
  const { t } = useTranslation('phone')
  const { me } = useSession()
  const [photos, setPhotos] = useState<TakenPhoto[]>([])
  const [text, setText] = useState('')
  const [former] = useState(formerOf)
  const [place, setPlace] = useState<Chosen | null>(former?.place ?? null)
  const [address, setAddress] = useState('')
  const [phone, setPhone] = useState('')
  const [hidden, setHidden] = useState(false)
  const [category, setCategory] = useState<string | null>(null)
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState(false)
  const guess = useQuery({ queryKey: ['guess', text], queryFn: ({ signal }) => guessCategory(text, signal), enabled: text.trim().length > 3, staleTime: 300_000 })

  const described = useDebounced(text.trim(), 600)
  const submit = async (follow?: string) => {
    if (text.trim().length < 2) return setFault(t('report.needText'))
    if (!place) return setFault(t('report.needPlace'))
    setFault('')
    setBusy(true)
    const reporter = PHONE.test(phone) || hidden ? { ...(PHONE.test(phone) ? { phone } : {}), hidden } : undefined
    const body: ReportIn = {
      text: text.trim(), lon: place.lon, lat: place.lat, address, positioned: place.by, channel: isStaff(me) ? 'grid' : 'resident',
      occurred_at: undefined, ...(category ? { category } : {}), ...(reporter ? { reporter } : {}),
      ...(former ? { former: former.token } : {}), ...(follow ? { follow } : {}),
    }
    await save({ owner: ownerOf(me), kind: 'report', label: text.trim(), body, photos })
    setBusy(false)
    setSaved(true)
    void flush(ownerOf(me), undefined, true)
  }
  const again = () => {
    photos.forEach((photo) => URL.revokeObjectURL(photo.preview))
    setPhotos([]); setText(''); setAddress(''); setCategory(null); setSaved(false)
  }
  if (saved)
    return (
      <section className="card done-card" data-testid="saved">
        <p className="big">{t('report.saved')}</p>
        <button className="button" data-testid="see-progress" onClick={() => go('progress')}>{t('report.see')}</button>
        <button className="button quiet" data-testid="report-another" onClick={again}>{t('report.another')}</button>
      </section>
    )
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit() }}>
      {former && <p className="note" data-testid="former">{t('track.former', { number: former.number })}</p>}
      <section className="card">
        <PhotoPicker photos={photos} here={place} change={setPhotos} />
        <label className="label" htmlFor="text">{t('report.text')}</label>
        <textarea id="text" data-testid="report-text" className="input" rows={3} maxLength={4000} value={text} placeholder={t('report.textHint')} onChange={(event) => setText(event.target.value)} />
        <SpeakHint />
        {guess.data && guess.data.length > 0 && (
          <div className="chips" role="group" aria-label={t('report.guess')}>
            <span className="meta">{t('report.guess')}</span>
            {guess.data.slice(0, 3).map((item) => (
              <button type="button" key={item.code} className="chip" aria-pressed={category === item.code} title={item.hits.join('、')} onClick={() => setCategory(category === item.code ? null : item.code)}>{item.name}{typeof item.confidence === 'number' && ` ${percent(item.confidence)}`}</button>
            ))}
          </div>
        )}
      </section>
      <PlacePicker place={place} change={setPlace} />
      <section className="card">
        <label className="label" htmlFor="address">{t('report.address')}</label>
        <input id="address" className="input" value={address} maxLength={200} placeholder={t('report.addressHint')} onChange={(event) => setAddress(event.target.value)} />
        {!me && (
          <>
            <label className="label" htmlFor="phone">{t('report.phone')}</label>
            <input id="phone" data-testid="report-phone" className="input" inputMode="tel" value={phone} placeholder={t('report.phoneHint')} onChange={(event) => setPhone(event.target.value.trim())} />
          </>
        )}
        <label className="check">
          <input type="checkbox" checked={hidden} onChange={(event) => setHidden(event.target.checked)} /> {t('report.hidden')}
        </label>
      </section>
      {place && described.length > 3 && (
        <OfferCards about={{ lon: place.lon, lat: place.lat, text: described, ...(category ? { category } : {}), ...(address ? { address } : {}) }} busy={busy} follow={(offer) => void submit(offer.ticket)} />
      )}
      {fault && <p className="error" role="alert">{fault}</p>}
      <button type="submit" className="button" data-testid="report-submit" disabled={busy}>{busy ? t('report.saving') : t('report.submit')}</button>
      <p className="meta">{me ? t('report.as', { name: nameOf(me, t) }) : t('report.anonymous')} · {t('report.privacy')}</p>
    </form>
  )
}
