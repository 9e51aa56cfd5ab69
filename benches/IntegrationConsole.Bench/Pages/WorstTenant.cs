using IntegrationConsole.Database;

namespace IntegrationConsole.Bench.Pages;

/// <summary>The tenant with the most dead letters, and its largest group of them.</summary>
internal sealed record WorstTenant(TenantId TenantId, string Slug, string TenantName, int Letters, int Groups, Guid GroupId, int Largest, Guid DestinationId);
