using IntegrationConsole.Connectors;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings webhook endpoints to what a file says. An address is given out by the console, and stays.</summary>
internal sealed class WebhookApply(WebhookStore webhooks)
{
    private const string What = "webhook";

    private static readonly Dictionary<string, string> Keys = new()
    {
        [nameof(WebhookDraft.Name)] = "name", [nameof(WebhookDraft.Slug)] = "slug", [nameof(WebhookSettings.Header)] = "header", [nameof(WebhookSettings.Prefix)] = "prefix",
        [nameof(WebhookSettings.ReplayMinutes)] = "replayMinutes", [nameof(WebhookSettings.IdHeader)] = "id.header", [nameof(WebhookSettings.IdPath)] = "id.path",
        [nameof(WebhookSettings.Records)] = "records", [nameof(WebhookSettings.MostBytes)] = "maxBytes", [nameof(WebhookSettings.Headers)] = "headers",
    };

    public async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        work.Webhooks = work.Tenant is { } tenant ? await webhooks.ListAsync(tenant.Id, cancellationToken) : [];
        foreach (var declared in work.Declaration.Webhooks)
        {
            foreach (var (field, sentence) in WebhookRules.Check(declared.Draft))
            {
                work.Problems.Add($"{declared.Key}.{Keys[field]}", sentence);
            }

            CheckSecret(work, $"{declared.Key}.credential", declared.Credential);
            if (declared.OldCredential is { } old)
            {
                CheckSecret(work, $"{declared.Key}.oldCredential", old);
            }
        }
    }

    public async Task ApplyAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        foreach (var declared in work.Declaration.Webhooks)
        {
            var secrets = new WebhookSecrets(IdOf(work, declared.Credential), declared.OldCredential is { } old ? IdOf(work, old) : null);
            if (work.Webhooks.FirstOrDefault(webhook => webhook.Slug == declared.Draft.Slug) is not { } known)
            {
                _ = await webhooks.CreateAsync(work.Id, declared.Draft, secrets, ApplyWork.Actor, cancellationToken) ?? throw ApplyWork.Outdated(What, declared.Draft.Slug);
                work.Made(What, declared.Draft.Slug, declared.Draft.Settings.Scheme.Words);
                continue;
            }

            var words = Difference(work, known, declared.Draft, secrets);
            if (words.Length == 0)
            {
                continue;
            }

            if (await webhooks.UpdateAsync(work.Id, known.Id, known.Version, declared.Draft, secrets, ApplyWork.Actor, cancellationToken) is not Saved.Done)
            {
                throw ApplyWork.Outdated(What, known.Slug);
            }

            work.Changed(What, known.Slug, words);
        }

        var named = work.Declaration.Webhooks.Select(declared => declared.Draft.Slug).ToHashSet();
        var before = work.Webhooks.Select(webhook => webhook.Id).ToHashSet();
        work.Endpoints = named.Count == 0 ? []
            : [.. (await webhooks.ListAsync(work.Id, cancellationToken)).Where(webhook => named.Contains(webhook.Slug)).Select(webhook => new AppliedEndpoint(!before.Contains(webhook.Id), webhook.Slug, webhook.Path))];
    }

    private static void CheckSecret(ApplyWork work, string key, string name)
    {
        var known = work.Declaration.Credentials.Select(credential => (credential.Name, credential.Kind)).Concat(work.Credentials.Select(credential => (credential.Name, credential.Kind))).ToList();
        var found = known.FindIndex(credential => ApplyWork.Same(credential.Name, name));
        if (name.Length > 0 && found < 0)
        {
            work.Problems.Add(key, $"There is no such credential, here or in the console.{NearestWord.Question(name, known.Select(credential => credential.Name))}");
        }
        else if (found >= 0 && known[found].Kind is not AuthenticationKind.WebhookSecret)
        {
            work.Problems.Add(key, $"A webhook endpoint takes credentials of the kind {Section.WordOf(AuthenticationKind.WebhookSecret)}.");
        }
    }

    private static Guid IdOf(ApplyWork work, string credential) => work.Credentials.First(candidate => ApplyWork.Same(candidate.Name, credential)).Id;

    private static string Difference(ApplyWork work, WebhookEndpoint known, WebhookDraft draft, WebhookSecrets secrets)
    {
        string NameOf(Guid? credential) => work.Credentials.FirstOrDefault(candidate => candidate.Id == credential)?.Name ?? "";
        var (old, now) = (known.Rules, draft.Settings);
        return ApplyWork.Words(
            ("name", known.Name, draft.Name), ("verify", Section.WordOf(old.Scheme), Section.WordOf(now.Scheme)), ("credential", NameOf(known.CredentialId), NameOf(secrets.Current)),
            ("old credential", NameOf(known.OldCredentialId), NameOf(secrets.Old)), ("header", old.Header, now.Header), ("algorithm", Section.WordOf(old.Algorithm), Section.WordOf(now.Algorithm)),
            ("encoding", Section.WordOf(old.Encoding), Section.WordOf(now.Encoding)), ("prefix", old.Prefix, now.Prefix), ("replay minutes", $"{old.ReplayMinutes}", $"{now.ReplayMinutes}"),
            ("id header", old.IdHeader, now.IdHeader), ("id path", old.IdPath, now.IdPath), ("records", old.Records, now.Records), ("max bytes", $"{old.MostBytes}", $"{now.MostBytes}"),
            ("headers", string.Join(", ", old.Headers), string.Join(", ", now.Headers)), ("enabled", known.Enabled ? "yes" : "no", draft.Enabled ? "yes" : "no"));
    }
}
