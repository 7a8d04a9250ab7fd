import type { Models } from '@/api/client';
import { Badge } from '@/components/ui/feedback/badge';
import { words } from '@/words/en';

import { Facts, Section } from './section';

/** The models that really run, whatever name a request gives. */
export function ModelsSection({ models }: { models: Models['ModelsInUse'] }) {
  const aliases = models.processing.flatMap((model) => model.aliases);
  return (
    <Section title={words.system.models}>
      <Facts
        facts={[
          {
            name: words.system.processing,
            value: (
              <span className="inline-flex flex-wrap justify-end gap-1">
                {models.processing.map(({ name, is_default: isDefault }) => (
                  <Badge key={name} tone={isDefault ? 'accent' : 'neutral'}>
                    {isDefault ? words.system.defaultModel(name) : name}
                  </Badge>
                ))}
              </span>
            ),
          },
          { name: words.system.textEmbedding, value: embedding(models.text_embedding) },
          { name: words.system.pictureEmbedding, value: embedding(models.picture_embedding) },
        ]}
      />
      {aliases.length > 0 && <p className="text-xs text-ink-soft wrap-anywhere">{words.system.aliases(aliases.join(', '))}</p>}
    </Section>
  );
}

function embedding(model: Models['EmbeddingModel'] | null): string {
  return model === null ? words.system.unknownModel : words.system.embeddingModel(model.name, model.dimension);
}
