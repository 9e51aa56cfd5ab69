using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;

namespace IntegrationConsole.Sync.Pages;

/// <summary>How a replication slot is, as pages say it.</summary>
internal static class SlotWords
{
    extension(SlotState state)
    {
        public string Words => state switch
        {
            SlotState.Active => "Being read",
            SlotState.Idle => "Nobody reads it",
            SlotState.Endangered => "About to be given up",
            SlotState.Lost => "Lost",
            SlotState.Missing => "Gone",
        };

        /// <param name="isGoing">A run is there that reads it, or will soon.</param>
        public Tone ToneOf(bool isGoing) => state switch
        {
            SlotState.Active => Tone.Good,
            SlotState.Idle => isGoing ? Tone.Info : Tone.Warn,
            SlotState.Endangered or SlotState.Lost or SlotState.Missing => Tone.Bad,
        };
    }
}
