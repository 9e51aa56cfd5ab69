using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings.Text;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Reads what a file says a tenant should have, with the files beside it that it names. Asks no database.</summary>
internal sealed class DeclarationReader(ConnectorCatalog catalog)
{
    private const string Literal =
        "A secret never stands in the file: name the environment variable that holds it, such as secret: { env: ERP_API_KEY }. If a real secret stood here, replace it.";

    private static readonly string[] FileKeys = ["tenant", "credentials", "connections", "lookups", "integrations", "webhooks"];

    /// <returns>The declaration; null where something is wrong.</returns>
    public async Task<(Declaration? Declaration, IReadOnlyList<DeclarationProblem> Problems)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        var (text, unreadable) = await DeclarationText.ReadAsync(path, cancellationToken);
        if (unreadable is not null)
        {
            return (null, [new DeclarationProblem(path, 0, "", unreadable)]);
        }

        var tree = YamlTree.Read(text);
        if (tree.Root is null)
        {
            return (null, [tree.Problem is { } broken ? new DeclarationProblem(name, broken.Line, broken.Key, broken.Sentence) : new DeclarationProblem(name, 1, "", "The file is empty: it names a tenant, and what the tenant has.")]);
        }

        var problems = new DeclarationProblems(name);
        var declaration = await ReadAsync(tree.Root, path, name, problems, cancellationToken);
        return problems.Any || declaration is null ? (null, problems.All) : (declaration, []);
    }

    private async Task<Declaration?> ReadAsync(YamlNode root, string path, string name, DeclarationProblems problems, CancellationToken cancellationToken)
    {
        if (Section.Of(root, "", problems, FileKeys) is not { } file)
        {
            return null;
        }

        var tenant = Tenant(file, problems);
        var credentials = All(file, "credentials", (node, key) => Credential(node, key, problems));
        var connections = All(file, "connections", (node, key) => Connection(node, key, problems));
        var lookups = new List<DeclaredLookup>();
        foreach (var (key, node) in file.Items("lookups"))
        {
            lookups.AddRange(await LookupReading.ReadAsync(node, key, path, problems, cancellationToken) is { } lookup ? [lookup] : []);
        }

        var integrations = new List<DeclaredIntegration>();
        foreach (var (key, node) in file.Items("integrations"))
        {
            integrations.AddRange(await IntegrationReading.ReadAsync(node, key, path, problems, cancellationToken) is { } integration ? [integration] : []);
        }

        var webhooks = All(file, "webhooks", (node, key) => WebhookReading.Read(node, key, problems));
        RefuseTwice(credentials.Select(credential => (credential.Key, credential.Name)), "credential", problems);
        RefuseTwice(connections.Select(connection => (connection.Key, connection.Name)), "connection", problems);
        RefuseTwice(lookups.Select(lookup => (lookup.Key, lookup.Name)), "lookup table", problems);
        RefuseTwice(integrations.Select(integration => (integration.Key, integration.Slug)), "integration", problems);
        RefuseTwice(webhooks.Select(webhook => (webhook.Key, webhook.Draft.Slug)), "webhook endpoint", problems);
        return new Declaration(name, tenant, credentials, connections, lookups, integrations, webhooks) { Problems = problems };
    }

    private static DeclaredTenant Tenant(Section file, DeclarationProblems problems)
    {
        string[] known = ["slug", "name", "timeZone", "contacts", "secondPersonAbove", "workingHours", "quotas"];
        if (!file.Has("tenant"))
        {
            problems.Add("", "The key tenant is missing: tenant: { slug: north-wind, name: North Wind }.");
        }

        return file.Below("tenant", known) is { } tenant
            ? new DeclaredTenant(tenant.Needed("slug", "The tenant's part of the address is needed, such as slug: north-wind."), tenant.Text("name"), tenant.Text("timeZone"), tenant.Text("contacts"), tenant.Number("secondPersonAbove", 0, TenantSettings.MostLetters), tenant.Text("workingHours"), Quotas(tenant))
            : new DeclaredTenant("", null, null, null, null, null, null);
    }

    /// <returns>Null where the file says nothing of them.</returns>
    private static QuotaSettings? Quotas(Section tenant) => tenant.Below("quotas", "concurrentRuns", "recordsPerMinute", "callsPerMinute", "letterMegabytes") is { } quotas
        ? new QuotaSettings(
            quotas.Number("concurrentRuns", 1, QuotaSettings.MostRuns), quotas.Number("recordsPerMinute", 0, QuotaSettings.MostPerMinute),
            quotas.Number("callsPerMinute", 0, QuotaSettings.MostPerMinute), quotas.Number("letterMegabytes", 0, QuotaSettings.MostMegabytes))
        : null;

    private static DeclaredCredential? Credential(YamlNode node, string key, DeclarationProblems problems)
    {
        if (Section.Of(node, key, problems, ["name", "kind", "settings", "secret", "expires"]) is not { } section)
        {
            return null;
        }

        var name = section.Needed("name", "The credential needs a name.").Trim();
        section.Needed("kind", $"The kind is needed: one of {string.Join(", ", Enum.GetValues<AuthenticationKind>().Select(Section.WordOf))}.");
        var kind = section.Choice("kind", AuthenticationKind.ApiKey);
        var form = CredentialKind.Of(kind);
        var shaped = SettingShaping.Shape(section.Node("settings"), section.At("settings"), form.Settings, problems);
        var settings = form.Settings.ToDictionary(field => field.Name, field => shaped.TryGetPropertyValue(field.Name, out var value) ? value!.GetValue<string>().Trim() : field.Default);
        return new DeclaredCredential(key, name, kind, settings, Variable(section, problems), Expiry(section));
    }

    private static string? Variable(Section credential, DeclarationProblems problems)
    {
        switch (credential.Node("secret"))
        {
            case null:
                return null;
            case YamlMap { Members: [("env", _, YamlScalarNode { Text.Length: > 0 } variable)] }:
                return variable.Text;
            case YamlMap map when map.Members.Any(member => member.Name == "env"):
                credential.Refuse("secret", "Only env stands here, with the name of an environment variable: secret: { env: ERP_API_KEY }.");
                return null;
            default:
                problems.Add(credential.At("secret"), Literal);
                return null;
        }
    }

    private static DateTimeOffset? Expiry(Section credential)
    {
        if (credential.Text("expires") is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment.ToUniversalTime();
        }

        credential.Refuse("expires", "A day is expected here, such as 2027-01-31, or a moment, such as 2027-01-31T12:00:00Z.");
        return null;
    }

    private DeclaredConnection? Connection(YamlNode node, string key, DeclarationProblems problems)
    {
        if (Section.Of(node, key, problems, ["name", "kind", "credential", "settings"]) is not { } section)
        {
            return null;
        }

        var kinds = catalog.All.Select(descriptor => descriptor.Kind).ToList();
        var name = section.Needed("name", "The connection needs a name.").Trim();
        var kind = section.Needed("kind", $"The kind is needed: one of {string.Join(", ", kinds)}.");
        if (catalog.Find(kind) is not { } connector)
        {
            if (kind.Length > 0)
            {
                section.Refuse("kind", $"One of {string.Join(", ", kinds)} is expected here.{NearestWord.Question(kind, kinds)}");
            }

            return null;
        }

        var settings = SettingShaping.Shape(section.Node("settings"), section.At("settings"), connector.Descriptor.Settings, problems);
        return new DeclaredConnection(key, name, kind, section.Text("credential")?.Trim(), settings.ToJsonString());
    }

    private static List<T> All<T>(Section file, string name, Func<YamlNode, string, T?> read)
        where T : class => [.. file.Items(name).Select(item => read(item.Node, item.Key)).OfType<T>()];

    private static void RefuseTwice(IEnumerable<(string Key, string Name)> named, string what, DeclarationProblems problems)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, name) in named.Where(each => each.Name.Length > 0 && !seen.Add(each.Name)))
        {
            problems.Add(key, $"Another {what} of this file is called {name} already.");
        }
    }
}
