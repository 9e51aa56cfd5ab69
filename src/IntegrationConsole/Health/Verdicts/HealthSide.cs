namespace IntegrationConsole.Health.Verdicts;

/// <summary>The ten sides from which an integration is looked at. What a finding is about belongs to one of them.</summary>
public enum HealthSide
{
    /// <summary>Whether the systems at both ends can be reached.</summary>
    Connectivity,

    /// <summary>Whether they take us for who we are.</summary>
    Authentication,

    /// <summary>Whether it runs, and in time.</summary>
    Flow,

    /// <summary>Whether it brings as much as usual, and everything.</summary>
    Volume,

    /// <summary>How many of its records fail.</summary>
    Errors,

    /// <summary>How long a record is on its way.</summary>
    Latency,

    /// <summary>What waits for it.</summary>
    Backlog,
    DeadLetters,

    /// <summary>Whether somebody has to change something about it.</summary>
    Configuration,

    /// <summary>Whether calls are made, and how much of what it may take is left.</summary>
    Resilience,
}

/// <summary>How much a side counts for the state of its integration.</summary>
public enum Impact
{
    /// <summary>Fully.</summary>
    Standard,

    /// <summary>It makes the integration degraded at worst.</summary>
    Limited,

    /// <summary>It is shown, and does not count.</summary>
    Suppressed,
}

public static class HealthSides
{
    public static readonly IReadOnlyList<HealthSide> All = Enum.GetValues<HealthSide>();

    /// <returns>Null for what belongs to no side: who paused it, or that nobody looked.</returns>
    public static HealthSide? Of(HealthDimension dimension) => dimension switch
    {
        HealthDimension.Connectivity or HealthDimension.Calls or HealthDimension.Test or HealthDimension.Connections => HealthSide.Connectivity,
        HealthDimension.Credential or HealthDimension.Authentication => HealthSide.Authentication,
        HealthDimension.Runs or HealthDimension.Freshness or HealthDimension.FreshnessBudget => HealthSide.Flow,
        HealthDimension.Volume or HealthDimension.Completeness => HealthSide.Volume,
        HealthDimension.Errors => HealthSide.Errors,
        HealthDimension.Latency => HealthSide.Latency,
        HealthDimension.Backlog => HealthSide.Backlog,
        HealthDimension.DeadLetters => HealthSide.DeadLetters,
        HealthDimension.Configuration => HealthSide.Configuration,
        HealthDimension.Resilience or HealthDimension.Budget => HealthSide.Resilience,
        HealthDimension.Pause or HealthDimension.Maintenance or HealthDimension.Integrations or HealthDimension.Evaluation => null,
    };

    extension(HealthSide side)
    {
        public string Words => side switch
        {
            HealthSide.Connectivity => "Connectivity",
            HealthSide.Authentication => "Authentication",
            HealthSide.Flow => "Flow",
            HealthSide.Volume => "Volume",
            HealthSide.Errors => "Errors",
            HealthSide.Latency => "Latency",
            HealthSide.Backlog => "Backlog",
            HealthSide.DeadLetters => "Dead letters",
            HealthSide.Configuration => "Configuration",
            HealthSide.Resilience => "Resilience",
        };

        /// <summary>In addresses and files.</summary>
        public string Code => side is HealthSide.DeadLetters ? "deadLetters" : side.ToString().ToLowerInvariant();

        /// <summary>Unless an integration says otherwise.</summary>
        public Impact UsualImpact => side is HealthSide.Latency or HealthSide.Volume or HealthSide.Configuration ? Impact.Limited : Impact.Standard;
    }

    public static HealthSide? FromCode(string? code)
    {
        foreach (var side in All)
        {
            if (string.Equals(side.Code, code, StringComparison.OrdinalIgnoreCase))
            {
                return side;
            }
        }

        return null;
    }
}
