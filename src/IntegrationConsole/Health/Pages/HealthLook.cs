using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Pages;

/// <summary>How a state looks: a shape and a tone beside its word.</summary>
internal static class HealthLook
{
    extension(HealthState state)
    {
        public Tone Tone => state switch
        {
            HealthState.Failing => Tone.Bad,
            HealthState.Degraded => Tone.Warn,
            HealthState.Healthy => Tone.Good,
            HealthState.Pending => Tone.Info,
            HealthState.Maintenance or HealthState.Paused or HealthState.Unknown => Tone.Calm,
        };

        public string Icon => state switch
        {
            HealthState.Failing => "bad",
            HealthState.Degraded => "warn",
            HealthState.Healthy => "good",
            HealthState.Pending => "pending",
            HealthState.Maintenance => "maintenance",
            HealthState.Paused => "paused",
            HealthState.Unknown => "unknown",
        };
    }
}
