import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '@/shared/i18n'
import type { ThemeName } from '@/shared/theme/tokens'
import { useMay, useMe, useSpeak } from '../app/session'
import { chooseTheme, useTheme } from '../app/theme'
import { playAlarm, setSound, soundOn } from '../live/alarm'
import { ClassificationCard } from '../classification/ClassificationCard'
import { DemoControls } from './DemoControls'
import { FactorCard } from './FactorCard'
import { PasswordForm } from './PasswordForm'
import { SecurityCard } from './SecurityCard'
import { SessionsCard } from './SessionsCard'
import './settings.css'
import { TokensCard } from './TokensCard'

export function SettingsPage() {
  const { t } = useTranslation('console')
  const me = useMe()
  const may = useMay()
  return (
    <div className="settings">
      <h1 className="visually-hidden">{t('shell.settings')}</h1>
      <Looks />
      {me.demo && (may('clock.advance') || may('simulate')) && <DemoControls />}
      <SessionsCard />
      <PasswordForm />
      <FactorCard />
      <SecurityCard />
      {may('admin.tokens') && <TokensCard />}
      {may('classification.manage') && <ClassificationCard />}
      <section className="card">
        <div className="card-head">
          <h2>{t('settings.post')}</h2>
        </div>
        <p>
          {me.name} · {me.post?.unit.name} · {me.post?.role_name}
        </p>
        <p className="meta">{t('settings.permissions', { names: me.permissions.map((name) => t(`permission.${name.replace('.', '_')}`)).join('、') })}</p>
      </section>
    </div>
  )
}

function Looks() {
  const { t, i18n } = useTranslation('console')
  const theme = useTheme()
  const speak = useSpeak()
  const [sound, setOn] = useState(soundOn)
  const [tested, setTested] = useState<boolean | null>(null)
  return (
    <section className="card looks">
      <div className="card-head">
        <h2>{t('settings.looks')}</h2>
      </div>
      <label>
        <span>{t('settings.language')}</span>
        <Segmented<Language>
          aria-label={t('settings.language')}
          value={i18n.language === 'en' ? 'en' : 'zh'}
          options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]}
          onChange={speak}
        />
      </label>
      <label>
        <span>{t('settings.theme')}</span>
        <Segmented<ThemeName>
          aria-label={t('settings.theme')}
          value={theme}
          options={[{ value: 'light', label: t('settings.light') }, { value: 'dark', label: t('settings.dark') }]}
          onChange={chooseTheme}
        />
      </label>
      <label>
        <span>{t('settings.sound')}</span>
        <Segmented<string>
          aria-label={t('settings.sound')}
          value={sound ? 'on' : 'off'}
          options={[{ value: 'on', label: t('settings.on') }, { value: 'off', label: t('settings.off') }]}
          onChange={(value) => {
            setSound(value === 'on')
            setOn(value === 'on')
          }}
        />
        <Button onClick={() => void playAlarm().then(setTested)} data-testid="sound-test">
          {t('settings.soundTest')}
        </Button>
        {tested !== null && <span className="meta">{t(tested ? 'settings.soundHeard' : 'settings.soundRefused')}</span>}
      </label>
    </section>
  )
}
