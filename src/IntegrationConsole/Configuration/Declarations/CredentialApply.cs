using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings credentials to what a file says. Secrets come from the environment and are compared here, never shown.</summary>
internal sealed class CredentialApply(CredentialStore credentials)
{
    private const string What = "credential";

    public async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        work.Credentials = work.Tenant is { } tenant ? await credentials.ListAsync(tenant.Id, cancellationToken) : [];
        foreach (var declared in work.Declaration.Credentials)
        {
            var known = Find(work, declared.Name);
            if (known is not null && known.Kind != declared.Kind)
            {
                work.Problems.Add($"{declared.Key}.kind", $"{known.Name} is of kind {Section.WordOf(known.Kind)}, and a credential does not become another kind: give the new one another name.");
                continue;
            }

            CheckSecret(work, declared, known);
            var form = CredentialKind.Of(declared.Kind);
            foreach (var (field, sentence) in form.Check(Draft(work, declared), isNew: false))
            {
                // Name is a setting of some kinds, too: both are looked at.
                work.Problems.Add(field switch
                {
                    "secret" => $"{declared.Key}.secret",
                    "name" when declared.Name.Length is 0 or > 100 || form.Settings.All(setting => setting.Name != "name") => $"{declared.Key}.name",
                    _ => $"{declared.Key}.settings.{field}",
                }, sentence);
            }
        }
    }

    public async Task ApplyAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        foreach (var declared in work.Declaration.Credentials)
        {
            var draft = Draft(work, declared);
            if (Find(work, declared.Name) is not { } known)
            {
                _ = await credentials.CreateAsync(work.Id, draft, ApplyWork.Actor, cancellationToken) ?? throw ApplyWork.Outdated(What, declared.Name);
                work.Made(What, declared.Name, Section.WordOf(declared.Kind));
                continue;
            }

            if (draft.Secret.Length > 0 && (await credentials.OpenAsync(work.Id, known.Id, cancellationToken))?.Secret == draft.Secret)
            {
                draft = draft with { Secret = "" };
            }

            var words = Difference(known, draft);
            if (words.Length == 0)
            {
                continue;
            }

            if (await credentials.UpdateAsync(work.Id, known.Id, known.Version, draft, ApplyWork.Actor, cancellationToken) is not Saved.Done)
            {
                throw ApplyWork.Outdated(What, declared.Name);
            }

            work.Changed(What, declared.Name, words);
        }

        work.Credentials = await credentials.ListAsync(work.Id, cancellationToken);
    }

    /// <summary>Without a secret a credential cannot begin; one that has its secret goes on with it.</summary>
    private static void CheckSecret(ApplyWork work, DeclaredCredential declared, Credential? known)
    {
        if (declared.Variable is null && known is null)
        {
            work.Problems.Add($"{declared.Key}.secret", "A new credential needs a secret: name the environment variable that holds it, such as secret: { env: ERP_API_KEY }.");
        }
        else if (declared.Variable is { } variable && work.Variable(variable) is null)
        {
            if (known is null)
            {
                work.Problems.Add($"{declared.Key}.secret", $"The environment variable {variable} is not set, or is empty, and a new credential needs a secret.");
            }
            else
            {
                work.Notes.Add($"credential {known.Name}: the environment variable {variable} is not set, or is empty, so the secret stays as it is");
            }
        }
    }

    private static CredentialDraft Draft(ApplyWork work, DeclaredCredential declared) => new(
        declared.Name, declared.Kind, declared.Settings, declared.Variable is { } variable ? work.Variable(variable) ?? "" : "", declared.ExpiresAt);

    private static Credential? Find(ApplyWork work, string name) => work.Credentials.FirstOrDefault(credential => ApplyWork.Same(credential.Name, name));

    private static string Difference(Credential known, CredentialDraft draft)
    {
        var settings = CredentialKind.Of(known.Kind).Settings
            .Select(field => (field.Name, known.Setting(field.Name) is { Length: > 0 } set ? set : field.Default, draft.Settings.GetValueOrDefault(field.Name, field.Default)));
        return string.Join("; ", new[]
        {
            ApplyWork.Words([("name", known.Name, draft.Name), .. settings, ("expires", Words(known.ExpiresAt), Words(draft.ExpiresAt))]),
            draft.Secret.Length > 0 ? "secret replaced" : "",
        }.Where(words => words.Length > 0));
    }

    internal static string Words(DateTimeOffset? moment) => moment is { } at
        ? at.UtcDateTime.ToString(at.UtcDateTime.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : "";
}
