import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { changePost, speak } from '@/shared/api/identity'
import { chooseLanguage, type Language } from '@/shared/i18n'
import { ELDER_SIZES, setElder, setElderSize } from '../app/elder'
import { go } from '../app/route'
import { leave, nameOf, ownerOf, useSession } from '../app/session'
import { useDrafts } from '../app/useDrafts'
import { EraseCard } from '../parts/EraseCard'
import { useElder } from '../app/useElder'
import { ErrorNote } from '../parts/ErrorNote'

const MEGA = 1_000_000

export function MePage() {
  const { t, i18n } = useTranslation('phone')
  const { me, set } = useSession()
  const elder = useElder()
  const waiting = useDrafts(ownerOf(me)).filter((draft) => draft.stage === 'saved' || draft.stage === 'uploaded').length
  const post = useMutation({ mutationFn: changePost, onSuccess: set })
  const voice = useMutation({ mutationFn: speak, onSuccess: set })
  const choose = (language: Language) => {
    chooseLanguage(language)
    if (me) voice.mutate(language)
  }
  const exit = useMutation({ mutationFn: leave, onSettled: () => set(null) })
  const used = useQuery({ queryKey: ['storage'], queryFn: async () => (await navigator.storage?.estimate?.())?.usage ?? 0 })
  return (
    <div className="stack">
      <section className="card">
        <h2>{me ? nameOf(me, t) : t('me.signedOut')}</h2>
        {me?.post && <p className="meta">{me.post.unit.name} · {me.post.role_name}</p>}
        {!me && <button className="button" data-testid="sign-in" onClick={() => go('login')}>{t('me.signIn')}</button>}
        {me && me.posts.length > 1 && (
          <ul className="options" aria-label={t('me.posts')}>
            {me.posts.map((item) => (
              <li key={item.id}><button aria-pressed={item.id === me.post?.id} onClick={() => post.mutate(item.id)}>{item.unit.name} · {item.role_name}</button></li>
            ))}
          </ul>
        )}
        {(post.error ?? voice.error) && <ErrorNote error={post.error ?? voice.error} />}
      </section>
      <section className="card">
        <label className="check"><input type="checkbox" checked={elder.on} onChange={(event) => setElder(event.target.checked)} /> {t('me.elder')}</label>
        {elder.on && (
          <div className="row" role="group" aria-label={t('elder.size')}>
            {ELDER_SIZES.map((size) => (
              <button key={size} className={size === elder.size ? 'button' : 'button quiet'} aria-pressed={size === elder.size} data-testid={`elder-${size}`} onClick={() => setElderSize(size)}>{size === elder.size && '✓'}{size}</button>
            ))}
          </div>
        )}
        <div className="row" role="group" aria-label={t('me.language')}>
          <button className={i18n.language === 'zh' ? 'button' : 'button quiet'} onClick={() => choose('zh')}>中文</button>
          <button className={i18n.language === 'en' ? 'button' : 'button quiet'} lang="en" onClick={() => choose('en')}>English</button>
        </div>
        <p className="meta">{t('me.storage', { size: `${((used.data ?? 0) / MEGA).toFixed(1)} MB` })}</p>
        <p className="meta">{t('me.install')}</p>
      </section>
      {me?.kind === 'resident' && <EraseCard />}
      {me && (
        <section className="card">
          {waiting > 0 && <p className="note">{t('me.drafts', { count: waiting })}</p>}
          <button className="button quiet" data-testid="sign-out" onClick={() => exit.mutate(me)}>{t('me.signOut')}</button>
        </section>
      )}
    </div>
  )
}
