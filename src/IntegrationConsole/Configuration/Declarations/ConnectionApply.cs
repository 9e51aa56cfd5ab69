using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings connections to what a file says.</summary>
internal sealed class ConnectionApply(ConnectionStore connections, ConnectorCatalog catalog)
{
    private const string What = "connection";

    public async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        work.Connections = work.Tenant is { } tenant ? await connections.ListAsync(tenant.Id, cancellationToken) : [];
        foreach (var declared in work.Declaration.Connections)
        {
            if (Find(work, declared.Name) is { } known && known.Kind != declared.Kind)
            {
                work.Problems.Add($"{declared.Key}.kind", $"{known.Name} is of kind {known.Kind}, and a connection does not become another kind: give the new one another name.");
            }

            Check(work, declared, catalog.Get(declared.Kind));
        }
    }

    public async Task ApplyAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        foreach (var declared in work.Declaration.Connections)
        {
            var credential = declared.Credential is { } name ? work.Credentials.First(candidate => ApplyWork.Same(candidate.Name, name)) : null;
            var draft = new ConnectionDraft(declared.Name, declared.Kind, declared.Settings, credential?.Id);
            if (Find(work, declared.Name) is not { } known)
            {
                _ = await connections.CreateAsync(work.Id, draft, ApplyWork.Actor, cancellationToken) ?? throw ApplyWork.Outdated(What, declared.Name);
                work.Made(What, declared.Name);
                continue;
            }

            var words = Difference(work, known, draft);
            if (words.Length == 0)
            {
                continue;
            }

            if (await connections.UpdateAsync(work.Id, known.Id, known.Version, draft, ApplyWork.Actor, cancellationToken) is not Saved.Done)
            {
                throw ApplyWork.Outdated(What, declared.Name);
            }

            work.Changed(What, declared.Name, words);
        }

        work.Connections = await connections.ListAsync(work.Id, cancellationToken);
    }

    private static void Check(ApplyWork work, DeclaredConnection declared, IConnector connector)
    {
        var kinds = work.Declaration.Credentials.Select(credential => (credential.Name, credential.Kind))
            .Concat(work.Credentials.Select(credential => (credential.Name, credential.Kind))).ToList();
        if (declared.Credential is { } name)
        {
            var known = kinds.FindIndex(credential => ApplyWork.Same(credential.Name, name));
            if (known < 0)
            {
                work.Problems.Add($"{declared.Key}.credential", $"There is no such credential, here or in the console.{NearestWord.Question(name, kinds.Select(credential => credential.Name))}");
            }
            else if (!connector.Descriptor.Accepts.Contains(kinds[known].Kind))
            {
                work.Problems.Add($"{declared.Key}.credential", connector.Descriptor.Accepts.Count == 0
                    ? $"A connection of kind {declared.Kind} takes no credential: remove the key."
                    : $"A connection of kind {declared.Kind} takes credentials of the kinds {string.Join(", ", connector.Descriptor.Accepts.Select(Section.WordOf))}.");
            }
        }

        // Whether there is a credential counts here, and not which: a new one has no id yet.
        var draft = new ConnectionDraft(declared.Name, declared.Kind, declared.Settings, declared.Credential is null ? null : Guid.Empty);
        foreach (var problem in ConnectionRules.Check(connector, draft))
        {
            work.Problems.Add(problem.Path switch
            {
                "name" when !connector.Descriptor.Settings.Any(field => field.Name == "name") => $"{declared.Key}.name",
                "credential" => $"{declared.Key}.credential",
                var path => $"{declared.Key}.settings{(path.Length > 0 ? $".{path}" : "")}",
            }, problem.Sentence);
        }
    }

    private static Connection? Find(ApplyWork work, string name) => work.Connections.FirstOrDefault(connection => ApplyWork.Same(connection.Name, name));

    private static string Difference(ApplyWork work, Connection known, ConnectionDraft draft)
    {
        string NameOf(Guid? credential) => work.Credentials.FirstOrDefault(candidate => candidate.Id == credential)?.Name ?? "";
        var changes = new List<string> { ApplyWork.Words(("name", known.Name, draft.Name), ("credential", NameOf(known.CredentialId), NameOf(draft.CredentialId))) };
        var wanted = JsonSerializer.Deserialize<JsonElement>(draft.Settings);
        var names = known.SettingsJson.EnumerateObject().Concat(wanted.EnumerateObject()).Select(setting => setting.Name).Distinct();
        changes.AddRange(names.Select(name => Difference(name, Setting(known.SettingsJson, name), Setting(wanted, name))));
        return string.Join("; ", changes.Where(words => words.Length > 0));
    }

    private static JsonElement? Setting(JsonElement settings, string name) => settings.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Short values are shown as they change; of lists and long texts it is enough to say that they do.</summary>
    private static string Difference(string name, JsonElement? old, JsonElement? now)
    {
        if (old is { } one && now is { } other && JsonElement.DeepEquals(one, other))
        {
            return "";
        }

        var isShort = new[] { old, now }.All(value => value is null or { ValueKind: not (JsonValueKind.Array or JsonValueKind.Object) } && value?.ToString().Length is null or <= 80);
        return isShort ? ApplyWork.Words((name, old?.ToString() ?? "", now?.ToString() ?? "")) is { Length: > 0 } words ? words : name : name;
    }
}
