using System.Globalization;

namespace IntegrationConsole.Database;

/// <summary>
/// Says that something of a kind changed, never what it became: readers ask their store again. Travels through
/// NOTIFY, so it reaches the pages of every node.
/// </summary>
/// <param name="Topic">A word such as <c>run</c> or <c>dead-letter</c>; <see cref="Everything"/> after a gap in listening.</param>
/// <param name="Tenant">Whose; null for matters of the whole fleet.</param>
/// <param name="Id">Which one; null for many at once.</param>
public readonly record struct Change(string Topic, TenantId? Tenant = null, Guid? Id = null)
{
    public const string Everything = "*";

    public override string ToString() => $"{Topic}|{Tenant?.Value}|{Id}";

    /// <summary>Reads what <see cref="ToString"/> wrote; null when the text is not of this form.</summary>
    public static Change? Parse(string text)
    {
        var parts = text.Split('|');
        if (parts.Length != 3 || parts[0].Length == 0)
        {
            return null;
        }

        TenantId? tenant = Guid.TryParse(parts[1], CultureInfo.InvariantCulture, out var tenantValue) ? new TenantId(tenantValue) : null;
        Guid? id = Guid.TryParse(parts[2], CultureInfo.InvariantCulture, out var idValue) ? idValue : null;
        return new Change(parts[0], tenant, id);
    }
}
