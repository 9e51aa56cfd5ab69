namespace IntegrationConsole.Alerts;

/// <summary>How much an alert presses. The order is the order of urgency.</summary>
public enum Severity
{
    /// <summary>A promise is broken: somebody is woken.</summary>
    Urgent,

    /// <summary>Somebody looks at it within the day.</summary>
    Normal,

    /// <summary>Good to know.</summary>
    Low,
}

public static class SeverityWords
{
    extension(Severity severity)
    {
        public string Words => severity switch
        {
            Severity.Urgent => "Urgent",
            Severity.Normal => "Normal",
            Severity.Low => "Low",
        };

        /// <summary>Whether something of this severity is told where at least the other one is asked for.</summary>
        public bool Reaches(Severity least) => severity <= least;
    }
}
