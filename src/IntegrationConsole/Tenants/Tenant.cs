namespace IntegrationConsole.Tenants;

/// <summary>A customer whose data we move.</summary>
/// <param name="Slug">The tenant in addresses: lower-case letters, digits and dashes.</param>
/// <param name="TimeZone">IANA name; schedules are read in it.</param>
/// <param name="Contacts">Free text: whom to call, and when.</param>
/// <param name="PausedAt">Since when nothing of this tenant runs; null while it may run.</param>
/// <param name="Version">Grows with each change; a change based on an older one is refused.</param>
/// <param name="SecondPersonAbove">A replay or discard of more letters waits until somebody else agrees; null for never.</param>
/// <param name="WorkingHours">As <see cref="Tenants.WorkingHours"/> reads it.</param>
public sealed record Tenant(
    TenantId Id, string Slug, string Name, string TimeZone, string Contacts, DateTimeOffset? PausedAt, string? PausedBy, string? PauseReason,
    DateTimeOffset CreatedAt, int Version, int? SecondPersonAbove, string WorkingHours)
{
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}

/// <summary>What a person types about a tenant.</summary>
/// <param name="SecondPersonAbove">A replay or discard of more letters waits until somebody else agrees; null for never.</param>
/// <param name="WorkingHours">As <see cref="Tenants.WorkingHours"/> reads it.</param>
public sealed record TenantSettings(string Name, string Slug, string TimeZone, string Contacts, int? SecondPersonAbove = null, string WorkingHours = Tenants.WorkingHours.Usual)
{
    public const int MostLetters = 1_000_000;
}
