using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Tenants;

/// <summary>What a tenant may take of what all share. Null is the deployment's default; zero is no limit.</summary>
/// <param name="ConcurrentRuns">Runs at the same time, over all nodes.</param>
/// <param name="LetterMegabytes">What the records of its open dead letters may take up.</param>
public sealed record QuotaSettings(int? ConcurrentRuns, int? RecordsPerMinute, int? CallsPerMinute, int? LetterMegabytes)
{
    public const int MostRuns = 200;
    public const int MostPerMinute = 100_000_000;
    public const int MostMegabytes = 1_000_000;

    public static readonly QuotaSettings Default = new(null, null, null, null);

    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public IReadOnlyDictionary<string, string> Check()
    {
        var problems = new Dictionary<string, string>();
        if (ConcurrentRuns is < 1 or > MostRuns)
        {
            problems[nameof(ConcurrentRuns)] = $"Use a number from 1 to {MostRuns}; to stop a tenant's runs, pause the tenant.";
        }

        Look(nameof(RecordsPerMinute), RecordsPerMinute, MostPerMinute);
        Look(nameof(CallsPerMinute), CallsPerMinute, MostPerMinute);
        Look(nameof(LetterMegabytes), LetterMegabytes, MostMegabytes);
        return problems;

        void Look(string field, int? value, int most)
        {
            if (value < 0 || value > most)
            {
                problems[field] = FormattableString.Invariant($"Use a number from 1 to {most:N0}, or 0 for no limit.");
            }
        }
    }
}

/// <summary>A tenant's quotas as they hold: its own, or the deployment's. Zero is no limit.</summary>
/// <param name="Own">What was set for this tenant.</param>
/// <param name="Version">Zero where nothing was ever set; a change based on an older one is refused.</param>
public sealed record TenantQuota(
    QuotaSettings Own, int ConcurrentRuns, int RecordsPerMinute, int CallsPerMinute, int LetterMegabytes, int Version, DateTimeOffset? ChangedAt, string? ChangedBy)
{
    public const long Megabyte = 1024 * 1024;

    /// <summary>Null for no limit.</summary>
    public long? LetterBytes => LetterMegabytes == 0 ? null : LetterMegabytes * Megabyte;
}

/// <summary>What holds for tenants that have nothing else set.</summary>
public sealed class QuotaOptions
{
    public const string Section = "Quotas";

    /// <summary>Runs of one tenant at the same time, over all nodes.</summary>
    [Range(1, QuotaSettings.MostRuns)]
    public int ConcurrentRuns { get; set; } = 3;

    /// <summary>Records that a tenant's runs move in a minute; zero is no limit.</summary>
    [Range(0, QuotaSettings.MostPerMinute)]
    public int RecordsPerMinute { get; set; }

    /// <summary>Calls over HTTP that a tenant's runs make in a minute, all connections together; zero is no limit.</summary>
    [Range(0, QuotaSettings.MostPerMinute)]
    public int CallsPerMinute { get; set; }

    /// <summary>Megabytes that the records of a tenant's open dead letters may take up; zero is no limit.</summary>
    [Range(0, QuotaSettings.MostMegabytes)]
    public int LetterMegabytes { get; set; } = 2_048;
}
