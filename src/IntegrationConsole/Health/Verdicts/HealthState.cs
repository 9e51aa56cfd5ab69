namespace IntegrationConsole.Health.Verdicts;

/// <summary>How something is. The order is the order of urgency: where several hold, the first is shown.</summary>
public enum HealthState
{
    /// <summary>A promise is broken now: a person or the outside has to act.</summary>
    Failing,

    /// <summary>A promise is at risk or partly broken.</summary>
    Degraded,

    /// <summary>We cannot tell.</summary>
    Unknown,

    /// <summary>A planned time in which it may be away.</summary>
    Maintenance,

    /// <summary>Somebody stopped it.</summary>
    Paused,

    /// <summary>Never ran, never used.</summary>
    Pending,
    Healthy,
}

/// <summary>What a state belongs to.</summary>
public enum ObjectKind
{
    Sync,
    Connection,
    Tenant,
}

public static class HealthWords
{
    extension(HealthState state)
    {
        public string Words => state switch
        {
            HealthState.Failing => "Failing",
            HealthState.Degraded => "Degraded",
            HealthState.Unknown => "Unknown",
            HealthState.Maintenance => "Maintenance",
            HealthState.Paused => "Paused",
            HealthState.Pending => "Pending",
            HealthState.Healthy => "Healthy",
        };

        /// <summary>Whether somebody should look at it.</summary>
        public bool IsTrouble => state is HealthState.Failing or HealthState.Degraded or HealthState.Unknown;
    }
}
