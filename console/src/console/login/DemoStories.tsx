import { useTranslation } from 'react-i18next'

const STORIES = ['truck', 'drain', 'duty', 'resident'] as const

/** What to try first in the demo. */
export function DemoStories() {
  const { t } = useTranslation('console')
  return (
    <section className="card stories" aria-label={t('login.stories')}>
      <h2>{t('login.stories')}</h2>
      <ol>
        {STORIES.map((story) => (
          <li key={story}>
            <b>{t(`login.story.${story}.title`)}</b>
            <span>{t(`login.story.${story}.text`)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
