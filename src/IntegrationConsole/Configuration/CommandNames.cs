using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration;

/// <summary>Finds what a command names; where there is no such thing, says which names there are.</summary>
public sealed class CommandNames(TenantStore tenants, SyncStore syncs)
{
    /// <returns>Null where there is none, which is said.</returns>
    public async Task<Tenant?> TenantAsync(string slug, TextWriter output, CancellationToken cancellationToken)
    {
        var known = await tenants.ListAllAsync(cancellationToken);
        if (known.FirstOrDefault(tenant => tenant.Slug == slug) is { } tenant)
        {
            return tenant;
        }

        await SayAsync(output, $"There is no tenant {slug}.", "Tenants", [.. known.Select(each => each.Slug)]);
        return null;
    }

    /// <param name="place">The tenant's and the integration's part of the address, with a slash between them.</param>
    /// <param name="output">Takes what is said.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where there is none, which is said.</returns>
    public async Task<SyncDefinition?> IntegrationAsync(string place, TextWriter output, CancellationToken cancellationToken)
    {
        var names = place.Split('/');
        if (await TenantAsync(names[0], output, cancellationToken) is not { } tenant)
        {
            return null;
        }

        if (names.Length == 2 && await syncs.FindBySlugAsync(tenant.Id, names[1], cancellationToken) is { DeletedAt: null } sync)
        {
            return sync;
        }

        var integrations = await syncs.ListAsync(tenant.Id, cancellationToken);
        var sentence = names.Length == 2 ? $"{tenant.Slug} has no integration {names[1]}." : "Name the integration as TENANT/INTEGRATION.";
        await SayAsync(output, sentence, "Integrations", [.. integrations.Select(each => $"{tenant.Slug}/{each.Slug}")]);
        return null;
    }

    private static async Task SayAsync(TextWriter output, string sentence, string what, IReadOnlyList<string> known)
    {
        const int MostNamed = 50;
        await output.WriteLineAsync(sentence);
        await output.WriteLineAsync(known.Count == 0 ? $"{what}: none." : $"{what}: {string.Join(", ", known.Take(MostNamed))}{(known.Count > MostNamed ? $" and {known.Count - MostNamed} more" : "")}");
    }
}
