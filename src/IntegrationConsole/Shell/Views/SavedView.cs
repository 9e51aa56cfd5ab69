namespace IntegrationConsole.Shell.Views;

/// <summary>Who has a view.</summary>
public enum ViewReach
{
    /// <summary>Who saved it.</summary>
    Private,

    /// <summary>All that may see the tenant.</summary>
    Tenant,

    /// <summary>Everybody, in all tenants.</summary>
    Fleet,
}

/// <summary>A page with its filters, under a name.</summary>
/// <param name="TenantId">Zeros for what belongs to no tenant.</param>
/// <param name="Page">Below the tenant, such as <c>runs</c>; an address of the fleet's begins with a stroke.</param>
/// <param name="IsPinned">The reader has it in the rail.</param>
/// <param name="IsDefault">The reader's page opens with it.</param>
public sealed record SavedView(TenantId TenantId, Guid Id, Guid OwnerId, string Owner, string Name, string Page, string Query, ViewReach Reach, bool IsPinned, bool IsDefault)
{
    /// <summary>Where it is seen.</summary>
    /// <param name="slug">The tenant's; null for the fleet.</param>
    public string Href(string? slug)
    {
        var path = Page.StartsWith('/') ? Page : Page.Length == 0 ? $"/t/{slug}" : $"/t/{slug}/{Page}";
        return $"{path}?{(Query.Length > 0 ? $"{Query}&" : "")}view={Id}";
    }
}

/// <summary>A page as the address says.</summary>
/// <param name="Page">As views have it; null where a page has no views.</param>
/// <param name="Query">Its filters in one order, without what is no filter.</param>
/// <param name="ViewId">The view that was opened; null for none.</param>
public sealed record ViewAddress(string? Page, string Query, Guid? ViewId)
{
    /// <remarks>What a field of a record has to hold is a part of records: those are sealed, and a view is not.</remarks>
    private static readonly string[] NoFilters = ["view", "cursor", "sel", DeadLetters.DeadLetterFilter.Addresses.Value];

    public static ViewAddress Of(Uri address, string? slug)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        var page = slug is not null && path.StartsWith($"/t/{slug}", StringComparison.Ordinal) ? path[$"/t/{slug}".Length..].TrimStart('/')
            : path.StartsWith("/fleet", StringComparison.Ordinal) ? path : null;
        var parts = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var view = parts.FirstOrDefault(part => part.StartsWith("view=", StringComparison.Ordinal));
        return new ViewAddress(
            page, string.Join('&', parts.Where(part => !NoFilters.Contains(part.Split('=')[0])).Order(StringComparer.Ordinal)), Guid.TryParse(view?["view=".Length..], out var id) ? id : null);
    }
}
